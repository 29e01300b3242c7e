"""Real events of many SDKs keep what is nobody's; skipped where the labelled cases are not."""

import pytest
from tests.corpora import scrub_sdk_events
from tests.corpora.where import cases


@pytest.mark.parametrize("corpus", scrub_sdk_events.CORPUS)
def test_few_leaves_change_and_no_names_of_code(corpus):
    found = cases(corpus)
    if found is None:
        pytest.skip(f"corpus {corpus} is not on this machine")
    assert [score for score in scrub_sdk_events.scores(found) if not score.reached] == []
