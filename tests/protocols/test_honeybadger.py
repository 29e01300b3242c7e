"""What is Honeybadger's alone: causes and their stacks."""

import json

from tests.protocols.converting import BodyFormat, events_in


def event_of(error):
    (event,) = events_in(BodyFormat.HONEYBADGER_NOTICE, json.dumps({"error": error}).encode())
    return event


def frame(number):
    return {"number": number, "file": "a.py", "method": f"f{number}"}


def test_a_cause_keeps_a_stack_of_its_own():
    error = {"class": "A", "backtrace": [frame(1)]}
    cause = {"class": "B", "backtrace": [frame(2)]}
    deeper = {"class": "C", "backtrace": error["backtrace"]}
    values = event_of({**error, "causes": [cause, deeper]})["exception"]["values"]
    assert [value["type"] for value in values] == ["C", "B", "A"]
    assert ["stacktrace" in value for value in values] == [False, True, True]


def test_an_error_and_a_cause_without_stacks_are_exceptions_without_stacks():
    values = event_of({"class": "A", "causes": [{"class": "B"}]})["exception"]["values"]
    assert [value["type"] for value in values] == ["B", "A"]
    assert not any("stacktrace" in value for value in values)


def test_what_else_is_said_of_a_cause_is_kept_with_it():
    cause, _ = event_of({"class": "A", "causes": [{"class": "B", "code": 7}]})["exception"]["values"]
    assert cause["mechanism"]["data"] == {"code": 7}
