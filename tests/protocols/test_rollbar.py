"""What is Rollbar's alone: what a function was called with."""

import json

import pytest
from tests.protocols.converting import BodyFormat, events_in


def variables_of(frame):
    trace = {"exception": {"class": "E"}, "frames": [{"filename": "a.py", "method": "pay", **frame}]}
    (event,) = events_in(BodyFormat.ROLLBAR_ITEM, json.dumps({"data": {"body": {"trace": trace}}}).encode())
    return event["exception"]["values"][0]["stacktrace"]["frames"][0].get("vars")


@pytest.mark.parametrize(
    ("frame", "variables"),
    [
        ({"locals": {"total": "7"}}, {"total": "7"}),
        ({"args": ["a", "b"], "argspec": ["cart", "card"]}, {"cart": "a", "card": "b"}),
        ({"args": ["a", "b", "c"], "argspec": ["cart"]}, {"cart": "a", "args": ["b", "c"]}),
        (
            {"args": ["a"], "kwargs": {"retry": True}, "locals": {"cart": "b"}},
            {"args": ["a"], "retry": True, "cart": "b"},
        ),
        ({"args": ["before"], "argspec": ["cart"], "locals": {"cart": "now"}}, {"cart": "now"}),
        ({}, None),
    ],
)
def test_arguments_are_variables_by_name_where_names_are_told(frame, variables):
    assert variables_of(frame) == variables
