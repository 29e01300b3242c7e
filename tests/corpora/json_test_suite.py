"""The JSON test suite through the reader of odd JSON: what must be refused is, what must be accepted is."""

import base64

from tests.corpora.where import Score

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid

CORPUS = "json_test_suite"

READ_ANYWAY = {"n_number_NaN.json", "n_number_infinity.json", "n_number_minus_infinity.json"}
"""Tokens that real clients send; as bodies of their own they are refused later, being no objects."""


def accepted(body):
    try:
        odd_json.loads(body)
    except Invalid:
        return False
    return True


def scores(cases):
    rows = []
    for letter, measure, wanted in (("y", "accepted that must be", True), ("n", "refused that must be", False)):
        bodies = [case for case in cases if case["expect"] == letter and case["id"] not in READ_ANYWAY]
        good = sum(accepted(base64.b64decode(case["body_b64"])) is wanted for case in bodies)
        rows.append(Score(measure, good / len(bodies), 1.0))
    return rows
