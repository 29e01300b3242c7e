"""Each way in which ECMA-426 lets a map be wrong, and what looks odd but is right."""

import json
import tracemalloc

import pytest

from errata.stages.symbolicate.map_check import MAX_BYTES, check
from errata.stages.symbolicate.mappings import MAX_SEGMENTS, Malformed

MAP = {"version": 3, "sources": ["a.js"], "names": ["n"], "mappings": "AAAAA"}


def is_valid(**changed):
    content = {key: value for key, value in (MAP | changed).items() if value is not ...}
    try:
        check(json.dumps(content).encode())
    except Malformed:
        return False
    return True


def index(*sections, **more):
    return {"version": 3, "sections": list(sections), **dict.fromkeys(("sources", "names", "mappings"), ...), **more}


def section(line=0, column=0, **changed):
    return {"offset": {"line": line, "column": column}, "map": MAP | changed}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"names": ..., "mappings": "AAAA"},
        {"names": [""]},
        {"sources": [None]},
        {"sources": [], "names": [], "mappings": ""},
        {"sourcesContent": ["x"]},
        {"sourcesContent": [None, "more contents than sources"]},
        {
            "sourcesContent": None,
            "file": None,
            "sourceRoot": None,
            "names": None,
            "ignoreList": None,
            "mappings": "AAAA",
        },
        {"ignoreList": []},
        {"ignoreList": [0]},
        {"unknown": {"x": 1}},
        {"mappings": ";;;;"},
        {"mappings": "E;;AAAA,E"},
        {"mappings": "+/////D"},
        {"mappings": "AA+/////D+/////D"},
        {"mappings": "ggggggggggggggggggggA"},
        {"mappings": "AAAA,CggggggggggggggggggggAgAAA"},
        {"mappings": "EAAA,DAAA"},
        index(),
        index(section(), section(0, 1), section(1)),
        index(section(0, 0, sources=[], names=[], mappings="")),
        index({"offset": {"line": 3, "column": 4}, "map": {"version": 3, "sections": [section(), section(0, 9)]}}),
    ],
)
def test_a_map_is_valid(changed):
    assert is_valid(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"version": ...},
        {"version": "3"},
        {"version": 2},
        {"version": 4},
        {"version": None},
        {"version": True},
        {"version": 3.5},
        {"mappings": ...},
        {"mappings": None},
        {"mappings": 5},
        {"mappings": ["AAAA"]},
        {"sources": ...},
        {"sources": None},
        {"sources": "a.js"},
        {"sources": [1]},
        {"sources": [["a.js"]]},
        {"names": "n"},
        {"names": [1]},
        {"names": {"n": 1}},
        {"sourcesContent": "x"},
        {"sourcesContent": {}},
        {"sourcesContent": [1]},
        {"sourcesContent": [True]},
        {"sourcesContent": [[]]},
        {"sourceRoot": 1},
        {"file": 1},
        {"file": []},
        {"ignoreList": 0},
        {"ignoreList": [1]},
        {"ignoreList": [-1]},
        {"ignoreList": ["0"]},
        {"ignoreList": [0.5]},
        {"mappings": ","},
        {"mappings": "AAAA,"},
        {"mappings": ",AAAA"},
        {"mappings": "AAAA,;"},
        {"mappings": "AAAA,,AAAA"},
        {"mappings": "AAAA.AAAA"},
        {"mappings": "AAAA AAAA"},
        {"mappings": "é"},
        {"mappings": "AA"},
        {"mappings": "AAA"},
        {"mappings": "AAAAAA"},
        {"mappings": "g"},
        {"mappings": "AAAg"},
        {"mappings": "F"},
        {"mappings": "AFAA"},
        {"mappings": "AAFA"},
        {"mappings": "AAAF"},
        {"mappings": "AAAAF"},
        {"mappings": "C,F"},
        {"mappings": "AAAA,ADAA"},
        {"mappings": "AACA,AAFA"},
        {"mappings": "AAAC,AAAF"},
        {"mappings": "AAAAA,AAAAD"},
        {"mappings": "ACAA"},
        {"mappings": "AAAAC"},
        {"mappings": "AAAAA", "names": ...},
        {"mappings": "B"},
        {"mappings": "ggggggE"},
        {"mappings": "AggggggEAA"},
        {"mappings": "AAggggggEA"},
        {"mappings": "AAAggggggE"},
        {"mappings": "AAAAggggggE"},
        {"mappings": "gggggggC"},
        {"mappings": "+/////D,C"},
        index(mappings="AAAA"),
        index(1),
        {"sections": None, "sources": ..., "mappings": ...},
        {"sections": {}, "sources": ..., "mappings": ...},
        index({"map": MAP}),
        index({"offset": {"line": 0, "column": 0}}),
        index({"offset": {"line": 0, "column": 0}, "url": "a.js.map"}),
        index({"offset": {"line": 0, "column": 0}, "map": "AAAA"}),
        index({"offset": 0, "map": MAP}),
        index({"offset": {"line": 0}, "map": MAP}),
        index({"offset": {"column": 0}, "map": MAP}),
        index(section(True)),
        index(section("0")),
        index(section(0, -1)),
        index(section(0, 0.5)),
        index(section(0, 2**32)),
        index(section(), section()),
        index(section(1), section(0)),
        index(section(0, 2), section(0, 1)),
        index(section(version="3")),
        index(section(mappings="F")),
        index(section(0, 9, mappings="F")),
        index(section(0, 0, ignoreList=[1])),
        index(section(), file=1),
        index(section(), version=2),
    ],
)
def test_a_map_is_not_valid(changed):
    assert not is_valid(**changed)


@pytest.mark.parametrize("depth", [9, 500, 100_000])
def test_sections_within_sections_without_end_are_refused(depth):
    begin = '{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":'
    with pytest.raises(Malformed):
        check((begin * depth + json.dumps(MAP) + "}]}" * depth).encode())


def test_mappings_of_200_megabytes_are_refused_unread():
    with pytest.raises(Malformed, match="larger"):
        check(b'{"version":3,"mappings":"' + b"A" * (200 << 20))
    assert MAX_BYTES < 200 << 20


@pytest.mark.parametrize("segment", [",CAAA", ";", ";AAAA"])
def test_more_segments_than_any_build_has_are_refused_at_once(segment):
    with pytest.raises(Malformed, match="segments"):
        check(json.dumps(MAP | {"mappings": "AAAA" + segment * MAX_SEGMENTS}).encode())


@pytest.mark.parametrize("segment", [",CAAA", ";", ",CAAC"])
def test_mappings_are_walked_in_bounded_memory(segment):
    content = json.dumps(MAP | {"mappings": "AAAA" + segment * 200_000}).encode()
    tracemalloc.start()
    check(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The text is decoded once; cut into segments all at once it would take twelve megabytes.
    assert most < 3 * len(content) + (2 << 20)


def test_holes_without_end_are_not_remembered_without_end():
    checked = check(json.dumps(MAP | {"mappings": "AAAA" + ";AAAA" * 60_000}).encode())
    assert len(checked.holes) == 50_000
