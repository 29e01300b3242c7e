"""Exceptions: their shapes, what makes one, where its stack stands."""

import pytest


def test_exceptions_come_in_three_shapes(normalized):
    one = {"type": "ValueError", "value": "bad"}
    for sent in ({"values": [dict(one)]}, [dict(one)], dict(one)):
        assert normalized({"exception": sent})["exception"] == {"values": [one]}


@pytest.mark.parametrize(
    ("sent", "kind", "value"),
    [
        ("ValueError: unauthorized", "ValueError", "unauthorized"),
        ("ValueError:unauthorized", "ValueError", "unauthorized"),
        ("app.errors.Denied: no", None, "app.errors.Denied: no"),
        ("ValueError: one\ntwo", None, "ValueError: one\ntwo"),
        ("http://example.com is away", None, "http://example.com is away"),
        ("no type here", None, "no type here"),
    ],
)
def test_a_type_in_the_value_is_found(normalized, sent, kind, value):
    exception = normalized({"exception": [{"value": sent}]})["exception"]["values"][0]
    assert exception.get("type") == kind
    assert exception["value"] == value


def test_a_synthetic_exception_has_no_type_in_its_value(normalized):
    sent = {"value": "Error: it is only text", "mechanism": {"type": "generic", "synthetic": True}}
    assert normalized({"exception": [sent]})["exception"]["values"][0]["value"] == "Error: it is only text"


@pytest.mark.parametrize("value", [True, 7, {"code": 3}, ["a"]])
def test_a_value_is_any_json_as_text(normalized, value):
    text = {True: "true", 7: "7"}.get(value) if isinstance(value, int) else None
    expected = text or {"code": '{"code":3}'}.get(next(iter(value)), '["a"]')
    assert normalized({"exception": {"value": value}})["exception"]["values"] == [{"value": expected}]


@pytest.mark.parametrize("sent", [{}, {"type": None, "value": ""}, {"stacktrace": {"frames": [{"function": "f"}]}}])
def test_an_exception_with_neither_type_nor_value_is_removed(normalized, sent):
    event = normalized({"exception": {"values": [sent, {"type": "E"}]}})
    assert event["exception"]["values"] == [None, {"type": "E"}]
    assert event["errors"] == [{"type": "missing_attribute", "name": "exception.values.0"}]


@pytest.mark.parametrize("sent", [{}, {"values": []}, {"values": None}, [], None])
def test_no_exceptions_are_nothing(normalized, errors_of, sent):
    assert "exception" not in normalized({"exception": sent})
    assert errors_of({"exception": sent}) == []


def test_what_is_no_exception_leaves_its_place_empty(normalized, errors_of):
    sent = {"exception": {"values": ["junk", None, {"type": "E"}]}}
    assert errors_of(sent) == [("invalid_data", "exception.values.0")]
    assert normalized({"exception": ["junk", None, {"type": "E"}]})["exception"]["values"] == [
        None,
        None,
        {"type": "E"},
    ]


def test_a_number_is_no_type_and_no_module(normalized):
    event = normalized({"exception": [{"type": 3, "value": "v", "module": 4}]})
    assert event["exception"]["values"] == [{"value": "v"}]
    assert [note["name"] for note in event["errors"]] == ["exception.values.0.type", "exception.values.0.module"]


def test_a_stack_beside_the_only_exception_is_its_own(normalized):
    stack = {"frames": [{"function": "f"}]}
    event = normalized({"exception": [{"type": "E"}], "stacktrace": dict(stack)})
    assert "stacktrace" not in event
    assert event["exception"]["values"][0]["stacktrace"] == stack
    two = normalized({"exception": [{"type": "E"}, {"type": "F"}], "stacktrace": dict(stack)})
    assert two["stacktrace"] == stack


def test_an_exception_keeps_the_stack_that_it_has(normalized):
    own, other = {"frames": [{"function": "own"}]}, {"frames": [{"function": "other"}]}
    event = normalized({"exception": [{"type": "E", "sentry.interfaces.Stacktrace": own}], "stacktrace": other})
    assert event["exception"]["values"][0]["stacktrace"] == {"frames": [{"function": "own"}]}
    assert event["stacktrace"] == {"frames": [{"function": "other"}]}
