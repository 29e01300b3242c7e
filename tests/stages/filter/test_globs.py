"""Globs match as the textbook says, in linear time."""

from hypothesis import given
from hypothesis import strategies as st

from errata.stages.filter.globs import GlobSet


def naive(pattern, text):
    """The textbook glob: slow, and plainly right."""
    reach = {0}
    for char in pattern:
        if char == "*":
            reach = set(range(min(reach, default=len(text) + 1), len(text) + 1))
        else:
            reach = {i + 1 for i in reach if i < len(text) and (char == "?" or text[i].lower() == char.lower())}
    return len(text) in reach


@given(st.text("aB*?.[(\n", max_size=8), st.text("AbB.[(\n", max_size=10))
def test_globs_match_as_the_textbook_says(pattern, text):
    assert GlobSet([pattern], ignore_case=True).matches(text) == naive(pattern, text)


def test_many_stars_stay_linear():
    globs = GlobSet(["*a" * 50 + "b"], ignore_case=False)
    assert not globs.matches("a" * 100_000)
