import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.fingerprint.patterns import compiled, glob_pattern


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("a*c", "abc", True),
        ("a*c", "a/b\nc", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("[a-c]x", "bx", True),
        ("[!a-c]x", "bx", False),
        ("[z-a]", "[z-a]", True),
        ("[", "[", True),
        ("a.c", "abc", False),
        ("{{closure}}", "{{closure}}", True),
        ("Sentry\\\\*", "Sentry\\Hub", True),
        ("Sentry\\Hub", "Sentry\\Hub", True),
        ("a\\*c", "a*c", True),
        ("a\\*c", "abc", False),
        ("\\[a\\]", "[a]", True),
        ("\\{a,b\\}", "{a,b}", True),
        ("{Key,Index}Error", "IndexError", True),
        ("{Key,Index}Error", "NameError", False),
        ("{a*,}c", "abc", True),
        ("{a", "{a", True),
    ],
)
def test_a_glob_of_names_fits_whole_names(glob, text, matches):
    assert bool(compiled(glob_pattern(glob)).fullmatch(text)) is matches


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("**/lib/*.py", "/srv/lib/x.py", True),
        ("**/lib/*.py", "/lib/x.py", True),
        ("**/lib/*.py", "/srv/lib/y/x.py", False),
        ("**/lib/**", "/srv/LIB/y/x.py", True),
        ("c:\\srv\\**", "C:/srv/x/y", True),
        ("c:\\\\srv\\\\**", "C:/srv/x/y", True),
        ("/{srv,opt}/*", "/opt/a", True),
        ("/a/?", "/a/b", True),
        ("/a/?/c", "/a///c", False),
    ],
)
def test_a_glob_of_paths_fits_whole_paths_in_any_case(glob, text, matches):
    assert bool(compiled(glob_pattern(glob, path=True)).fullmatch(text)) is matches


ANY_GLOB = st.text(alphabet="ab*?[]!^-\\/.(){},|+$é", max_size=30)


@given(ANY_GLOB, st.booleans())
def test_any_text_is_a_glob_that_matches_a_whole_text_or_nothing(glob, path):
    found = compiled(glob_pattern(glob, path=path)).fullmatch(glob)
    assert found is None or found.group() == glob


@given(ANY_GLOB)
def test_with_every_mark_escaped_a_glob_matches_its_own_text_alone(text):
    literal = compiled(glob_pattern(re.sub(r"([*?\[\]{}\\])", r"\\\1", text)))
    assert literal.fullmatch(text)
    assert not literal.fullmatch(text + "a")


PIECES = st.one_of(
    st.tuples(st.just("*"), st.text("ab/é", max_size=3)),
    st.tuples(st.just("?"), st.sampled_from("ab/é")),
    st.tuples(st.just("[a-c]"), st.sampled_from("abc")),
    st.tuples(st.just("[!a-c]"), st.sampled_from("dé.")),
    st.tuples(st.just("{a,bc}"), st.sampled_from(["a", "bc"])),
    st.text("ab.+$|()é", min_size=1, max_size=3).map(lambda text: (text, text)),
)


@given(st.lists(PIECES, max_size=6))
def test_a_glob_matches_what_its_pieces_match(pieces):
    glob, text = ("".join(of) for of in (zip(*pieces, strict=True) if pieces else ("", "")))
    assert compiled(glob_pattern(glob)).fullmatch(text)


@given(st.text(max_size=30))
def test_a_name_without_marks_matches_itself_alone(name):
    if not set(name) & set("*?[]{}\\"):
        assert compiled(glob_pattern(name)).fullmatch(name)
        assert not compiled(glob_pattern(name)).fullmatch(name + "x")
