"""What is in canonical form already stays as it is: a replayed or exported event is not changed a second time."""

import copy

import pytest
from tests.corpora.where import cases
from tests.data import NO_DATA

from errata.contracts import odd_json


@pytest.mark.parametrize("corpus", ["sdk_events", "sdk_samples"])
def test_normalizing_twice_changes_nothing(normalized, corpus):
    found = cases(corpus)
    if found is None:
        pytest.skip(NO_DATA)
    for case in found:
        once = normalized(odd_json.loads(case["text"].encode()))
        assert normalized(copy.deepcopy(once)) == once, case["id"]
