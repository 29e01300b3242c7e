from hypothesis import given
from hypothesis import strategies as st

from errata.stages.symbolicate.names import fixup_webpack_filename, generate_module
from errata.stages.symbolicate.script import trimmed
from errata.stages.symbolicate.urls import candidates, join_paths


@given(st.text(alphabet="abc ", max_size=600), st.integers(0, 700))
def test_a_line_is_cut_to_what_people_can_read(line, column):
    cut = trimmed(line, column)
    assert len(cut) <= 150 + 2 * len(" {snip}")
    assert cut.replace("{snip} ", "").replace(" {snip}", "") in line


def test_a_long_line_is_cut_around_its_column():
    line = "".join(str(n % 10) for n in range(1000))
    assert trimmed(line, 500) == "{snip} " + line[440:580] + " {snip}"


@given(st.text(), st.text())
def test_addresses_of_any_text_are_joined_and_tried(base, other):
    assert isinstance(join_paths(base, other), str)
    assert candidates(base)[0] == base
    assert generate_module(base)


def test_modules_of_webpack_and_next_have_the_path_in_the_project():
    paths = {
        "webpack://_N_E/./app/page.tsx": "./app/page.tsx",
        "webpack-internal:///(rsc)/./app/page.tsx": "./app/page.tsx",
        "webpack:///./~/react/index.js": "~/react/index.js",
        "webpack:///webpack/bootstrap 12": "webpack/bootstrap 12",
        "../src/a.js": "../src/a.js",
    }
    assert {source: fixup_webpack_filename(source) for source in paths} == paths
