"""What a client sent is somewhere in its event: each value, or the named few that are meant to go."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.protocols.converting import BodyFormat, events_in, recorded

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
VENDORS = [
    "rollbar-python",
    "rollbar-node",
    "bugsnag-python",
    "bugsnag-node",
    "pybrake-python",
    "airbrake-browser",
    "honeybadger-python",
    "honeybadger-browser",
]

DROPPED_KEYS = {
    "access_token",  # secrets
    "accessToken",
    "apiKey",
    "api_key",
    "token",  # and the uuid of Rollbar: the event's id, without hyphens
    "uuid",
    "colno",  # Node's count from 0, and are one more in the event
    "severity",  # levels, by Sentry's names
    "level",
    "unhandled",  # the mechanism's `handled`, the other way round
    "windowError",
    "unhandledRejection",
    "language",  # the platform
    "framework",
    "platform",
    "status",  # of a span, by Sentry's names
    "code",
    "age",  # the time of a report
}
PLACEHOLDERS = ("/PROJECT_ROOT/", "[PROJECT_ROOT]/")
SAID_OTHERWISE = {"<unknown>", "<anonymous>", "(anonymous)", "python", "nodejs", "browserjs", "$remote_ip"} | {
    "log",  # categories of breadcrumbs, by Sentry's names
    "network",
}


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    elif value not in ("", None):
        yield key, value


def lost(body: Any, events: list[dict]) -> list[tuple[str, Any]]:
    """Give the values of a body that are nowhere in its events: numbers as values, texts also within others."""
    values = [value for _, value in leaves(events)]
    numbers = {value for value in values if not isinstance(value, str)}
    texts = "\n".join([*(value for value in values if isinstance(value, str)), json.dumps(events)])
    missing = []
    for key, value in leaves(body):
        if key in DROPPED_KEYS or (isinstance(value, str) and value in SAID_OTHERWISE):
            continue
        if not isinstance(value, str):
            if value not in numbers and f'"{value}"' not in texts:
                missing.append((key, value))
            continue
        text = value
        for placeholder in PLACEHOLDERS:
            text = text.removeprefix(placeholder)
        parts = text.split(", ") if key == "tags" else [text.rstrip("\n")]
        if not all(part in texts for part in parts) and value.removeprefix("0") not in map(str, numbers):
            missing.append((key, value))
    return missing


@pytest.mark.parametrize("client", VENDORS)
def test_each_value_of_a_recorded_body_is_in_the_event(shared, client):
    checked = 0
    for request in recorded(shared, client):
        events = events_in(request.format, request.body, request.headers, request.query)
        if not events:
            continue
        checked += 1
        assert lost(json.loads(request.body), events) == [], request.case
    assert checked


@pytest.mark.parametrize(
    "path", [path for path in GOLDEN if not path.stem.startswith(("otlp", "csp", "nel"))], ids=lambda path: path.stem
)
def test_each_value_of_a_golden_body_is_in_the_event(path):
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert lost(golden["body"], golden["events"]) == []


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        (BodyFormat.ROLLBAR_ITEM, {"data": {"body": {"message": {"body": "m"}}}}, ("data",)),
        (BodyFormat.BUGSNAG_EVENTS, {"events": [{"exceptions": [{"errorClass": "E"}]}]}, ("events", 0)),
        (BodyFormat.AIRBRAKE_NOTICE, {"errors": [{"type": "E"}], "context": {}}, ("context",)),
        (BodyFormat.HONEYBADGER_NOTICE, {"error": {"class": "E"}}, ("error",)),
    ],
)
def test_fields_that_nobody_knows_are_kept_under_the_vendors_name(kind, body, error):
    for place in ((), error):
        holder = json.loads(json.dumps(body))
        inner = holder
        for step in place:
            inner = inner[step]
        inner["flux"] = {"capacitor": ["1.21 gigawatts"]}
        (event,) = events_in(kind, json.dumps(holder).encode())
        vendor = kind.name.partition("_")[0].lower()
        assert "1.21 gigawatts" in json.dumps(event["contexts"][vendor])


def test_tokens_never_enter_an_event():
    secret = "s3cr3t-t0ken"
    bodies = [
        (
            BodyFormat.ROLLBAR_ITEM,
            {
                "access_token": secret,
                "data": {
                    "access_token": secret,
                    "body": {"message": {"body": "m"}},
                    "notifier": {"configured_options": {"accessToken": secret}},
                },
            },
        ),
        (BodyFormat.BUGSNAG_EVENTS, {"apiKey": secret, "events": [{"apiKey": secret, "exceptions": []}]}),
        (BodyFormat.HONEYBADGER_NOTICE, {"api_key": secret, "error": {"class": "E"}}),
    ]
    for kind, body in bodies:
        events = events_in(kind, json.dumps(body).encode())
        assert events
        assert secret not in json.dumps(events)
