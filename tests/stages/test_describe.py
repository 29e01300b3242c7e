"""What events are called."""

import pytest

from errata.stages.describe import describe


def described(event):
    return describe({"platform": "python", **event})


def error(**fields):
    return {"exception": {"values": [{"type": "Cause"}, {"type": "ValueError", "value": "bad\nmore", **fields}]}}


def test_an_error_is_called_by_type_and_first_line():
    event = described(error())
    assert (event["title"], event["type"]) == ("ValueError: bad", "error")
    assert event["metadata"] == {"type": "ValueError", "value": "bad\nmore"}


def test_the_place_is_the_last_frame_of_the_application():
    frames = [
        {"filename": "app.py", "function": "run", "module": "app", "in_app": True},
        {"filename": "lib.py", "function": "call", "module": "lib", "in_app": False},
    ]
    event = described(error(stacktrace={"frames": frames}))
    assert (event["culprit"], event["location"], event["metadata"]["function"]) == ("app in run", "app.py", "run")


@pytest.mark.parametrize(
    ("platform", "culprit"), [("javascript", "f(m)"), ("python", "m in f"), ("native", "f"), ("node", "f(m)")]
)
def test_culprits_read_as_their_platform_writes_them(platform, culprit):
    event = error(stacktrace={"frames": [{"function": "f", "module": "m", "in_app": True}]})
    assert described({**event, "platform": platform})["culprit"] == culprit


def test_the_transaction_is_the_culprit_when_there_is_one():
    assert described({**error(), "transaction": "/pay"})["culprit"] == "/pay"


def test_a_message_is_called_by_its_first_line_cut_to_length():
    event = described({"logentry": {"formatted": "\n" + "word " * 40 + "\nsecond"}})
    assert event["type"] == "default"
    assert len(event["title"]) == 100
    assert event["title"].endswith("...")


def test_a_made_up_type_names_nothing():
    event = described(error(mechanism={"synthetic": True}, stacktrace={"frames": [{"function": "crash"}]}))
    assert event["title"] == "crash"
    assert event["culprit"] == ""


def test_a_captured_message_with_a_stack_is_a_message():
    event = described({"exception": {"values": [{"value": "hello"}]}, "logentry": {"formatted": "hello"}})
    assert (event["type"], event["title"]) == ("default", "hello")


def test_a_title_from_a_rule_is_kept():
    event = described({**error(), "title": "Payments are down"})
    assert event["title"] == event["metadata"]["title"] == "Payments are down"


@pytest.mark.parametrize(
    ("blocked", "uri"),
    [
        ("http://google.com/foo", "google.com"),
        ("data:text/plain,x", "data:"),
        ("data", "data:"),
        ("", "'self'"),
        ("self", "'self'"),
    ],
)
def test_a_blocked_address_is_told_coarsely(blocked, uri):
    event = described({"csp": {"effective_directive": "img-src", "blocked_uri": blocked}})
    assert event["type"] == "csp"
    assert event["metadata"]["uri"] == uri


def test_an_event_that_says_nothing_has_a_name_too():
    assert described({})["title"] == "<unlabeled event>"


@pytest.mark.parametrize("blocked", [None, 7, [], {"a": 1}, ""])
def test_a_report_with_an_odd_blocked_address_is_of_the_page_itself(blocked):
    event = describe({"csp": {"effective_directive": "img-src", "blocked_uri": blocked}})
    assert event["metadata"]["uri"] == "'self'"
