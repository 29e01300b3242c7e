"""What the vendors' events become in the whole chain: the same error reads the same, whoever reported it."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.protocols.breaking import broken_bodies
from tests.protocols.converting import RECEIVED_AT, BodyFormat, events_in, recorded

from errata.config.model import Project
from errata.contracts.origin import Origin
from errata.contracts.outcomes import Dropped, Invalid
from errata.stages import pipeline
from errata.stages.flatten import flatten
from errata.stages.stage import Context

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
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


CHAIN = pipeline.build(Project(id=1, slug="shop", keys=()))


def processed(event):
    context = Context(event_id="a" * 32, received_at=RECEIVED_AT, client_address="203.0.113.9")
    origin = Origin(generation=1, partition=0, offset=0, index=0, items=1)
    event = CHAIN(event, context)
    return flatten(event, context, project_id=1, key_id="main", origin=origin, config_hash="")


@pytest.mark.parametrize("client", CLIENTS)
def test_every_recorded_error_passes_the_chain_and_has_a_name(shared, client):
    for request in recorded(shared, client):
        for event in events_in(request.format, request.body, request.headers, request.query):
            message = processed(event)
            assert message.title not in ("", "<unlabeled event>")
            assert message.group_hash
            assert message.environment == "staging"
            assert not json.loads(bytes(message.payload)).get("errors"), request.case


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_golden_event_passes_the_chain_without_a_complaint(path):
    for event in json.loads(path.read_text(encoding="utf-8"))["events"]:
        payload = json.loads(bytes(processed(event).payload))
        assert not payload.get("errors")
        assert payload["title"] != "<unlabeled event>"


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
        message = processed(event)
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
            groups.add(processed(events[0]).group_hash)
    assert len(groups) == 1


def test_different_errors_of_one_client_are_different_issues(shared):
    groups = []
    for request in recorded(shared, "rollbar-python"):
        if request.case in {"exception-1", "message-2", "limits_429-1"}:
            (event,) = events_in(request.format, request.body, request.headers)
            groups.append(processed(event).group_hash)
    assert len(set(groups)) == 3


def test_a_browsers_report_is_named_by_what_it_says():
    body = b'{"csp-report": {"violated-directive": "img-src x", "blocked-uri": "https://evil.example/a.png"}}'
    (event,) = events_in(BodyFormat.BROWSER_REPORTS, body, {}, "sentry_release=2.0.0&sentry_environment=production")
    message = processed(event)
    assert (message.title, message.release) == ("Blocked img-src from evil.example", "2.0.0")
    assert json.loads(bytes(message.payload))["type"] == "csp"


@settings(deadline=None, max_examples=150)
@given(broken_bodies())
def test_whatever_a_body_holds_its_events_pass_the_chain_or_are_refused(broken):
    kind, body = broken
    with contextlib.suppress(Invalid, Dropped):
        for event in events_in(kind, json.dumps(body).encode()):
            assert processed(event).group_hash
