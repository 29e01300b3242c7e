"""The labelled cases: aims of the reference, for rules that were written without looking at a case's name."""

import pytest
from tests.corpora import fingerprint_rules, grouping
from tests.corpora.where import cases


@pytest.fixture(params=[grouping, fingerprint_rules], ids=["grouping", "fingerprint_rules"])
def figures(request):
    found = cases(request.param.__name__.rpartition(".")[2])
    if found is None:
        pytest.skip("no corpora beside the checkout")
    return request.param.scores(found)


def test_the_aims_are_met(figures):
    assert [score for score in figures if not score.reached] == []
