"""No score on the labelled cases falls below what was once reached; `make corpora` prints them all."""

import pytest
from tests.corpora import (
    fingerprint_rules,
    grouping,
    json_test_suite,
    naughty_strings,
    normalize_interfaces,
    pii_sentences,
    scrub_builtin_rules,
    scrub_datascrubbing,
    sourcemap_lookups,
    sourcemap_spec,
    stored_event_pairs,
    symbolicate_js,
    symbolicate_string_tables,
    whole_events,
)
from tests.corpora.where import cases

FLOORS = [
    (normalize_interfaces, "normalize_interfaces", {"exact": 0.98, "leaf recall": 0.99}),
    (stored_event_pairs, "stored_event_pairs", {"fields alike": 0.95}),
    (scrub_datascrubbing, "scrub_datascrubbing", {"exact or on the list": 1.0, "remarks, of the exact": 0.9}),
    (scrub_builtin_rules, "scrub_builtin_rules", {"exact": 1.0, "remarks": 1.0}),
    (pii_sentences, "pii_sentences", {"recall": 0.98}),
    (whole_events, "sdk_events", {"pass the chain": 1.0}),
    (whole_events, "sdk_samples", {"pass the chain": 1.0}),
    (naughty_strings, "naughty_strings", {f"read back in {place}": 1.0 for place in naughty_strings.PLACES}),
    (grouping, "grouping", {"pairwise F1": 0.9, "precision": 0.95}),
    (fingerprint_rules, "fingerprint_rules", {"exact": 1.0}),
    (sourcemap_lookups, "sourcemap_lookups", {"positions": 1.0, "names, where segments have one": 1.0}),
    (sourcemap_spec, "sourcemap_spec", {"exact": 1.0}),
    (symbolicate_string_tables, "symbolicate_string_tables", {"exact": 1.0}),
    (symbolicate_js, "symbolicate_js", {"fields, of cases at hand": 1.0, "errors, of cases at hand": 1.0}),
    (json_test_suite, "json_test_suite", {"accepted that must be": 1.0, "refused that must be": 1.0}),
]


@pytest.mark.parametrize(("module", "corpus", "floors"), FLOORS, ids=[corpus for _, corpus, _ in FLOORS])
def test_scores_stay_at_or_above_their_floor(module, corpus, floors):
    found = cases(corpus)
    if found is None:
        pytest.skip(f"corpus {corpus} is not on this machine")
    measured = {score.measure: score.value for score in module.scores(found)}
    assert {name: measured[name] for name in floors if measured[name] < floors[name]} == {}
