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
def test_globs_of_names(glob, text, matches):
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
def test_globs_of_paths(glob, text, matches):
    assert bool(compiled(glob_pattern(glob, path=True)).fullmatch(text)) is matches


@given(st.text(alphabet="ab*?[]!^-\\/.(){},|+$é", max_size=30), st.booleans())
def test_every_glob_has_a_pattern(glob, path):
    compiled(glob_pattern(glob, path=path))


@given(st.text(max_size=30))
def test_a_name_without_marks_matches_itself_alone(name):
    if not set(name) & set("*?[]{}\\"):
        assert compiled(glob_pattern(name)).fullmatch(name)
        assert not compiled(glob_pattern(name)).fullmatch(name + "x")
