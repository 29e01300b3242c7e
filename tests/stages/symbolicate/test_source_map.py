import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stages.symbolicate.builds import source_map

from errata.stages.symbolicate.mappings import Malformed
from errata.stages.symbolicate.source_map import SourceMap

MAP = {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA"}


def parsed(minified=b"", **changed):
    return SourceMap(minified, json.dumps(MAP | changed).encode())


def place(found):
    """Give source, line and column, both from 0."""
    return found and (found.source, found.line - 1, found.column - 1)


@given(st.binary() | st.text().map(str.encode))
def test_whatever_is_no_map_is_malformed_and_nothing_else(content):
    with pytest.raises(Malformed):
        SourceMap(b"", content)


@given(st.text(alphabet="ABCDgh+/,;9="), st.integers(-2, 2**33), st.integers(-2, 2**33))
def test_any_mappings_are_refused_or_answer_any_place(mappings, line, column):
    try:
        answering = parsed(mappings=mappings)
    except Malformed:
        return
    found = answering.lookup(line, column)
    assert found is None or (0 < found.line <= 2**31 and 0 < found.column <= 2**31)


@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 2), st.integers(0, 2)), max_size=4, unique_by=lambda t: t[0]
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 6),
    st.integers(0, 12),
)
def test_a_place_belongs_to_the_last_mapping_before_it_in_its_line(lines, line, column):
    lines = [sorted(places) for places in lines]
    answering = SourceMap(b"", json.dumps(source_map(lines, sources=["a.js"], content=None)).encode())
    before = [one for one in (lines[line] if line < len(lines) else ()) if one[0] <= column]
    assert place(answering.lookup(line + 1, column + 1)) == (("a.js", *before[-1][1:]) if before else None)


def test_lines_that_come_from_one_place_all_have_it():
    # The first place of lines 2 and 3 is the last of line 1; sections share it, too.
    content = {"version": 3, "sections": []}
    for line in (0, 9):
        mapped = MAP | {"mappings": "AAAA,EAAE;AAAA;AAAA,IAAI;AAAA"}
        content["sections"].append({"offset": {"line": line, "column": 2}, "map": mapped})
    answering = SourceMap(b"", json.dumps(content).encode())
    for line in (0, 9):
        places = [place(answering.lookup(line + at, column)) for at, column in [(2, 1), (3, 1), (3, 4), (3, 5), (4, 9)]]
        assert places == [("a.js", 0, 2)] * 3 + [("a.js", 0, 6)] * 2


def test_a_place_that_maps_to_nothing_has_no_original():
    answering = parsed(mappings="AAAA,E,EAAA;E")
    assert [place(answering.lookup(1, column)) for column in (1, 2, 3, 4, 5)] == [("a.js", 0, 0)] * 2 + [None] * 2 + [
        ("a.js", 0, 0)
    ]
    assert answering.lookup(2, 9) is None


def test_sections_within_sections_begin_where_both_say():
    inner = {"version": 3, "sections": [{"offset": {"line": 0, "column": 3}, "map": MAP}]}
    outer = {"version": 3, "sections": [{"offset": {"line": 1, "column": 2}, "map": inner}]}
    answering = SourceMap(b"", json.dumps(outer).encode())
    assert [place(answering.lookup(2, column)) for column in (5, 6)] == [None, ("a.js", 0, 0)]


@pytest.mark.parametrize(
    ("root", "source", "named"),
    [
        ("src", "a.js", "src/a.js"),
        ("src/", "a.js", "src/a.js"),
        ("/srv/src", "a.js", "/srv/src/a.js"),
        ("https://shop.example/src", "a.js", "https://shop.example/src/a.js"),
        ("src", "/a.js", "/a.js"),
        ("src", "https://shop.example/a.js", "https://shop.example/a.js"),
        ("", "a.js", "a.js"),
        (None, "a.js", "a.js"),
    ],
)
def test_sources_stand_below_their_root_unless_they_have_one_themselves(root, source, named):
    assert parsed(sources=[source], sourceRoot=root).lookup(1, 1).source == named


@pytest.mark.parametrize("digits", [7, 13, 14, 60, 5000])
def test_a_number_may_end_with_any_number_of_zeros(digits):
    zeros = "g" * digits + "A"
    number = "i" + zeros  # 1, and zeros behind it
    inner = MAP | {"mappings": f"AAAA,{number}A{number}{zeros},EAAA"}
    outer = {"version": 3, "sections": [{"offset": {"line": 1, "column": 0}, "map": inner}]}
    for answering, line in (
        (SourceMap(b"", json.dumps(inner).encode()), 1),
        (SourceMap(b"", json.dumps(outer).encode()), 2),
    ):
        places = [place(answering.lookup(line, column)) for column in (1, 2, 4)]
        assert places == [("a.js", 0, 0), ("a.js", 1, 0), ("a.js", 1, 0)]


@pytest.mark.parametrize("before", [b")]}'\n", b")]}', whatever\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf)]}'\n"])
def test_what_servers_put_before_json_is_left_out(before):
    assert SourceMap(b"", before + json.dumps(MAP).encode()).lookup(1, 1).source == "a.js"


def test_windows_line_ends_and_the_last_empty_line_are_no_context():
    context = parsed(b"x", sourcesContent=["a\r\nb\r\n"]).lookup(1, 1).context
    assert context == {"context_line": "a", "post_context": ["b"]}


def test_texts_without_end_make_no_answer_without_end():
    line = "é" * 100_000
    found = parsed(
        b"function f(){}",
        sources=["a" * 100_000],
        sourcesContent=["\n".join([line] * 11)],
        names=["n" * 100_000],
        mappings="AAKAA",
    ).lookup(1, 1)
    assert (len(found.source), len(found.name)) == (2048, 512)
    assert {len(text) for text in [found.context["context_line"], *found.context["post_context"]]} == {147}


def test_hermes_says_itself_in_which_function_a_place_is():
    content = MAP | {
        "sources": ["/Users/ann/shop/App.js"],
        "mappings": "AAAA,UAEE",
        "x_facebook_sources": [[{"names": ["<global>", "pay"], "mappings": "AAA;ACE"}]],
    }
    found = SourceMap(b"", json.dumps(content).encode()).lookup(1, 11)
    assert (place(found), found.function) == (("/Users/ann/shop/App.js", 2, 2), "pay")


def test_a_file_that_is_nested_too_deep_has_places_without_scopes():
    deep = b"function f(){" * 100_000
    assert parsed(deep).lookup(1, 1).function == ""
    assert parsed(b"function f(){a()}", mappings="AAAA,SAAAA,KAAA", names=["pay"]).lookup(1, 14).function == "pay"
