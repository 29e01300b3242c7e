"""What the vendors' events become in the whole chain: the same error reads the same, whoever reported it."""

import json

import pytest
from tests.protocols.converting import BodyFormat, events_in, finished, recorded

CLIENTS = [
    "rollbar-python",
    "rollbar-node",
    "bugsnag-python",
    "bugsnag-node",
    "pybrake-python",
    "airbrake-browser",
    "honeybadger-python",
    "honeybadger-browser",
    "otlp-python",
]


@pytest.mark.parametrize("client", CLIENTS)
def test_every_recorded_error_passes_the_chain_and_has_a_name(shared, client):
    for request in recorded(shared, client):
        for event in events_in(request.format, request.body, request.headers, request.query):
            message = finished(event)
            assert message.title not in ("", "<unlabeled event>")
            assert message.group_hash
            assert message.environment == "staging"
            assert not json.loads(bytes(message.payload)).get("errors"), request.case


def test_the_same_python_error_reads_the_same_from_every_vendor(shared):
    seen = {}
    for client, case in (
        ("rollbar-python", "exception-1"),
        ("rollbar-python", "thread-1"),
        ("bugsnag-python", "exception-1"),
        ("pybrake-python", "exception-1"),
        ("honeybadger-python", "exception-1"),
    ):
        request = next(request for request in recorded(shared, client) if request.case == case)
        (event,) = events_in(request.format, request.body, request.headers)
        event.pop("fingerprint", None)
        event.pop("transaction", None)
        message = finished(event)
        seen[client, case] = (message.title, message.culprit, message.exception_types)
    assert len(set(seen.values())) == 1, seen
    ((title, culprit, types),) = set(seen.values())
    assert title.startswith("PaymentError: could not charge order")
    assert culprit == "py_vendors.py in checkout"
    assert types == ("ZeroDivisionError", "PaymentError")


def test_an_opentelemetry_error_groups_alike_as_log_record_and_on_its_span(shared):
    groups = set()
    for request in recorded(shared, "otlp-python"):
        if request.case.startswith("plain"):
            events = events_in(request.format, request.body, request.headers)
            groups.add(finished(events[0]).group_hash)
    assert len(groups) == 1


def test_different_errors_of_one_client_are_different_issues(shared):
    groups = []
    for request in recorded(shared, "rollbar-python"):
        if request.case in {"exception-1", "message-2", "limits_429-1"}:
            (event,) = events_in(request.format, request.body, request.headers)
            groups.append(finished(event).group_hash)
    assert len(set(groups)) == 3


def test_a_browsers_report_is_named_by_what_it_says():
    body = b'{"csp-report": {"violated-directive": "img-src x", "blocked-uri": "https://evil.example/a.png"}}'
    (event,) = events_in(BodyFormat.BROWSER_REPORTS, body, {}, "sentry_release=2.0.0&sentry_environment=production")
    message = finished(event)
    assert (message.title, message.release) == ("Blocked img-src from evil.example", "2.0.0")
    assert json.loads(bytes(message.payload))["type"] == "csp"
