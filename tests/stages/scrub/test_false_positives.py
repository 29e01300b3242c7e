"""Real events of many SDKs keep what is nobody's; skipped where the labelled cases are not."""

import pytest
from tests.corpora import scrub_sdk_events
from tests.corpora.where import cases
from tests.data import NO_DATA


@pytest.mark.parametrize("corpus", scrub_sdk_events.CORPUS)
def test_few_leaves_change_and_no_names_of_code(corpus):
    found = cases(corpus)
    if found is None:
        pytest.skip(NO_DATA)
    assert [score for score in scrub_sdk_events.scores(found) if not score.reached] == []
