import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.symbolicate.source_text import SourceText, trimmed


@given(st.text(alphabet="abc ", max_size=600), st.integers(0, 700))
def test_a_line_is_cut_to_what_people_can_read(line, column):
    cut = trimmed(line, column)
    assert len(cut) <= 150 + 2 * len(" {snip}")
    assert cut.replace("{snip} ", "").replace(" {snip}", "") in line


def test_a_long_line_is_cut_around_its_column():
    line = "".join(str(n % 10) for n in range(1000))
    assert trimmed(line, 500) == "{snip} " + line[440:580] + " {snip}"


def test_the_lines_around_a_place_are_shown_without_their_ends():
    text = SourceText(b"one\r\ntwo\nthree\n")
    assert text.context(2, 1) == {"context_line": "two", "pre_context": ["one"], "post_context": ["three"]}
    assert text.context(3, 1) == {"context_line": "three", "pre_context": ["one", "two"]}
    assert SourceText(b"a").context(1, 1) == {"context_line": "a"}
    assert SourceText("\n".join("abcdefghijklm").encode()).context(7, 1) == {
        "context_line": "g",
        "pre_context": list("bcdef"),
        "post_context": list("hijkl"),
    }


@given(st.text(alphabet="ab\r\n\u2028é"), st.integers(-2, 12))
def test_each_line_of_any_text_is_found(content, line):
    text = SourceText(content.encode())
    lines = [one.removesuffix("\r") for one in content.removesuffix("\n").split("\n")]
    known = text.context(line, 0).get("context_line")
    assert known == (lines[line - 1] if 0 < line <= len(lines) else None)


@pytest.mark.parametrize("content", ["x" * 100_000, "\n" * 100_000, "ab\n" * 100_000, "я" * 100_000])
def test_a_text_costs_little_more_than_it_is_long(content):
    assert 100_000 <= SourceText(content.encode()).cost <= 6 * len(content) + 1000
