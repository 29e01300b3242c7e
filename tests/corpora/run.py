"""Every score on the labelled cases as one table: `make corpora`. Prints ids, kinds and counts, never a case's text.

A corpus is one module here with `CORPUS` (its file, or a tuple of several of one form) and `scores(cases)`, which gives
a list of `Score`; it stands in the table below. `test_floors.py` holds each score at what was once reached.
"""

import sys

from tests.corpora import (
    browser_error_locales,
    fingerprint_rules,
    grouping,
    json_test_suite,
    naughty_strings,
    normalize_interfaces,
    pii_sentences,
    scrub_builtin_rules,
    scrub_datascrubbing,
    scrub_sdk_events,
    sourcemap_lookups,
    sourcemap_spec,
    stored_event_pairs,
    symbolicate_js,
    symbolicate_string_tables,
    whole_events,
)
from tests.corpora.where import cases
from tests.data import CORPORA

MODULES = (
    normalize_interfaces,
    stored_event_pairs,
    browser_error_locales,
    scrub_datascrubbing,
    scrub_builtin_rules,
    pii_sentences,
    scrub_sdk_events,
    whole_events,
    naughty_strings,
    json_test_suite,
    grouping,
    fingerprint_rules,
    sourcemap_lookups,
    sourcemap_spec,
    symbolicate_string_tables,
    symbolicate_js,
)


def rows():
    """Yield corpus, number of cases and a score; the score is None for a corpus that is not on this machine."""
    for module in MODULES:
        for name in module.CORPUS if isinstance(module.CORPUS, tuple) else (module.CORPUS,):
            found = cases(name)
            if found is None:
                yield name, 0, None
                continue
            for score in module.scores(found):
                yield name, len(found), score


def report(rows):
    """Print the table, a line a score; give how many aims were missed."""
    missed = 0
    print(f"{'corpus':<24}{'cases':>6}  {'measure':<28}{'score':>9}{'aim':>12}")
    for name, count, score in rows:
        if score is None:
            print(f"{name:<24}{'-':>6}  not on this machine")
            continue
        missed += not score.reached
        aim = f"{'<=' if score.at_most else '>='} {score.aim:g}"
        mark = "" if score.reached else "  missed"
        print(f"{name:<24}{count:>6}  {score.measure:<28}{score.value:>9.4f}{aim:>12}{mark}")
    print(f"{missed} aims missed" if missed else "every aim reached")
    return missed


def main():
    """Print the table; 0 when every aim is reached."""
    if not CORPORA.is_dir():
        print(f"the corpora are not on this machine; they belong in {CORPORA}")
        return 0
    return 1 if report(rows()) else 0


if __name__ == "__main__":
    sys.exit(main())
