import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.symbolicate.map_check import MAX_BYTES, Malformed, check
from errata.stages.symbolicate.source_map import SourceMap

MAP = {"version": 3, "sources": ["a.js"], "names": [], "mappings": "AAAA"}


@given(st.binary() | st.text().map(str.encode))
def test_whatever_is_no_map_is_malformed_and_nothing_else(content):
    with pytest.raises(Malformed):
        SourceMap(b"", content)


@given(st.text(alphabet="ABCDgh+/,;9="), st.integers(-2, 2**33), st.integers(-2, 2**33))
def test_any_mappings_are_refused_or_answer_any_place(mappings, line, column):
    try:
        parsed = SourceMap(b"", json.dumps(MAP | {"mappings": mappings}).encode())
    except Malformed:
        return
    found = parsed.lookup(line, column)
    assert found is None or (0 < found.line <= 2**31 and 0 < found.column <= 2**31)


def test_mappings_of_200_megabytes_are_refused_unread():
    with pytest.raises(Malformed, match="larger"):
        check(b'{"version":3,"mappings":"' + b"A" * (200 << 20))
    assert MAX_BYTES < 200 << 20


def test_what_keeps_pages_from_running_json_is_left_out():
    parsed = SourceMap(b"", b")]}'\n" + json.dumps(MAP).encode())
    assert parsed.lookup(1, 1).source == "a.js"


def test_windows_line_ends_and_the_last_empty_line_are_no_context():
    content = MAP | {"sourcesContent": ["a\r\nb\r\n"]}
    found = SourceMap(b"x", json.dumps(content).encode()).lookup(1, 1)
    assert (found.context_line, found.post_context) == ("a", ("b",))
