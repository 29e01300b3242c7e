"""No score on the labelled cases falls below what was once reached; `make corpora` prints them all."""

import pytest
from tests.corpora import naughty_strings, run
from tests.data import NO_DATA

FLOORS = {
    "normalize_interfaces": {"exact": 1.0, "leaf recall": 1.0},
    "stored_event_pairs": {"fields alike": 0.95},
    "browser_error_locales": {"translated": 0.75, "English unchanged": 1.0},
    "scrub_datascrubbing": {"exact or on the list": 1.0, "remarks, of the exact": 0.9},
    "scrub_builtin_rules": {"exact": 1.0, "remarks": 1.0},
    "pii_sentences": {"recall": 0.98},
    "sdk_events": {"pass the chain": 1.0},
    "sdk_samples": {"pass the chain": 1.0},
    "naughty_strings": {f"read back in {place}": 1.0 for place in naughty_strings.PLACES},
    "grouping": {"pairwise F1": 0.9, "precision": 0.95},
    "fingerprint_rules": {"exact": 1.0},
    "sourcemap_lookups": {"positions": 1.0, "names, where segments have one": 1.0},
    "sourcemap_spec": {"exact": 1.0},
    "symbolicate_string_tables": {"exact": 1.0},
    "symbolicate_js": {"fields, of cases at hand": 1.0, "errors, of cases at hand": 1.0},
    "json_test_suite": {"accepted that must be": 1.0, "refused that must be": 1.0},
}


@pytest.fixture(scope="module")
def rows():
    return list(run.rows())


@pytest.mark.parametrize("corpus", FLOORS)
def test_scores_stay_at_or_above_their_floor(corpus, rows):
    found = [score for name, _, score in rows if name == corpus]
    if None in found:
        pytest.skip(NO_DATA)
    measured = {score.measure: score.value for score in found}
    floors = FLOORS[corpus]
    assert {name: measured[name] for name in floors if measured[name] < floors[name]} == {}


def test_the_table_has_a_line_for_every_score(capsys, rows):
    missed = run.report(rows)
    first, *lines, last = capsys.readouterr().out.splitlines()
    assert first.startswith("corpus")
    assert {line.split()[0] for line in lines} == set(FLOORS)
    assert len(lines) == len(rows)
    assert last == (f"{missed} aims missed" if missed else "every aim reached")
