"""The message and its parameters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.normalize.message import fill


@pytest.mark.parametrize(
    ("template", "params", "formatted"),
    [
        ("paid %s of %d", ["3", 7], "paid 3 of 7"),
        ("user %(name)s", {"name": "ann"}, "user ann"),
        ("{} {1} {0}", ["a", "b"], "a b a"),
        ("Here is a {kind}", {"kind": "test"}, "Here is a test"),
        ("100 %% of %s", ["all"], "100 % of all"),
        ("%s is {}", ["it"], "it is {}"),
        ("got %s", [{"a": True}], 'got {"a":true}'),
        ("one %s", ["a", "more than needed"], "one a"),
    ],
)
def test_parameters_are_filled_in(normalized, template, params, formatted):
    entry = normalized({"logentry": {"message": template, "params": params}})["logentry"]
    assert entry == {"message": template, "params": params, "formatted": formatted}


@pytest.mark.parametrize(
    ("template", "params"),
    [
        ("%s and %s", ["one"]),
        ("{missing}", {"other": 1}),
        ("%(name)s", ["a list"]),
        ("{} {}", {"no": "places"}),
        ("nothing to fill in", ["a"]),
    ],
)
def test_a_template_that_can_not_be_filled_in_is_the_text(normalized, template, params):
    entry = normalized({"logentry": {"message": template, "params": params}})["logentry"]
    assert entry == {"formatted": template, "params": params}


@pytest.mark.parametrize("event", [{"message": "hi"}, {"logentry": "hi"}, {"message": {"formatted": "hi"}}])
def test_a_message_alone_is_formatted(normalized, event):
    event = normalized(event)
    assert event["logentry"] == {"formatted": "hi"}
    assert "message" not in event


def test_a_message_that_is_the_text_is_not_there_twice(normalized):
    entry = normalized({"logentry": {"message": "same", "formatted": "same", "params": ["a"]}})["logentry"]
    assert entry == {"formatted": "same", "params": ["a"]}


@pytest.mark.parametrize(
    ("sent", "text"),
    [(42, "42"), (True, "true"), (["a", 1], '["a",1]'), ({"message": {"foo": "bar"}}, '{"foo":"bar"}')],
)
def test_a_message_is_any_json_as_text(normalized, sent, text):
    assert normalized({"logentry": sent})["logentry"] == {"formatted": text}


@pytest.mark.parametrize("sent", [None, False, {}, "", {"message": ""}])
def test_no_message_is_nothing(normalized, errors_of, sent):
    assert "logentry" not in normalized({"logentry": sent})
    assert errors_of({"logentry": sent}) == []


def test_parameters_alone_are_no_message(normalized, errors_of):
    assert "logentry" not in normalized({"logentry": {"params": ["a"]}})
    assert errors_of({"logentry": {"params": ["a"]}}) == [("invalid_data", "logentry")]
    assert errors_of({"logentry": {"message": "m", "params": 42}}) == [("invalid_data", "logentry.params")]


@given(st.text(alphabet="%{}sd(a)0 ", max_size=40), st.lists(st.text(max_size=3), max_size=3))
def test_no_template_breaks_it(template, params):
    text = fill(template, params)
    assert text is None or isinstance(text, str)
