"""What a client sent is where the table of its vendor's fields says, and what no table names is kept beside it."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.protocols import field_tables, goldens
from tests.protocols.converting import BodyFormat, Request, admitted, events_in, items_in, recorded

from errata.contracts.pack import Item
from errata.protocols.otlp import schema, wire
from errata.protocols.otlp.signals import LOGS, TRACES
from errata.protocols.registry import events_of

VENDORS = {
    "rollbar": ("rollbar-python", "rollbar-node"),
    "bugsnag": ("bugsnag-python", "bugsnag-node"),
    "airbrake": ("pybrake-python", "airbrake-browser"),
    "honeybadger": ("honeybadger-python", "honeybadger-browser"),
    "otlp": ("otlp-python",),
    "reports": (),
}
TABLES = {vendor: field_tables.table(vendor) for vendor in VENDORS}
VENDOR_OF = {
    BodyFormat.ROLLBAR_ITEM: "rollbar",
    BodyFormat.BUGSNAG_EVENTS: "bugsnag",
    BodyFormat.AIRBRAKE_NOTICE: "airbrake",
    BodyFormat.HONEYBADGER_NOTICE: "honeybadger",
    BodyFormat.OTLP_TRACES: "otlp",
    BodyFormat.OTLP_LOGS: "otlp",
    BodyFormat.BROWSER_REPORTS: "reports",
}
Errors = Iterator[tuple[Any, Callable[[tuple], dict]]]


def errors_in(request: Request) -> Errors:
    """Give each tree of a request that a table speaks of, and which event a path of it is in."""
    if VENDOR_OF[request.format] == "otlp":
        for item in items_in(admitted(*_arguments(request)), request.headers):
            (event,) = events_of(item)
            yield otlp_error(item), lambda _path, event=event: event
        return
    body, events = json.loads(request.body), events_in(*_arguments(request))
    if isinstance(body, list):  # of reports, those that are kept
        for report, event in zip([report for report in body if "body" in report], events, strict=False):
            yield [report], lambda _path, event=event: event
        return
    place = 1 if request.format is BodyFormat.BUGSNAG_EVENTS else None
    yield body, lambda path: events[path[place] if place and path[0] == "events" else 0]


def _arguments(request: Request) -> tuple[BodyFormat, bytes, dict[bytes, bytes], str]:
    return request.format, request.body, request.headers, request.query


def otlp_error(item: Item) -> dict:
    """Give the one error of an item in OTLP's own words, attributes as plain objects."""
    signal = LOGS if item.meta.format is LOGS.format else TRACES
    if item.payload.startswith(b"{"):
        tree = json.loads(item.payload)
    else:
        tree = schema.decode(wire.Reader(item.payload), signal.request)
    (container,) = tree[signal.resources]
    (scoped,) = container[signal.scopes]
    (record,) = scoped[signal.records]
    around = {"resource": container.get("resource"), "scope": scoped.get("scope")}
    if signal is LOGS:
        return plain({**around, "log": record})
    *crumbs, exception = record.pop("events")
    return plain({**around, "span": record, "crumbs": crumbs, "exception": exception})


def plain(value: Any) -> Any:
    """Give OTLP's typed values and lists of pairs as values and objects."""
    if isinstance(value, list):
        if value and all(isinstance(pair, dict) and "key" in pair for pair in value):
            return {pair["key"]: plain(pair.get("value")) for pair in value}
        return [plain(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    for name in ("stringValue", "boolValue", "intValue", "doubleValue"):
        if name in value:
            return value[name]
    for name in ("arrayValue", "kvlistValue"):
        if name in value:
            return plain(value[name].get("values", []))
    return {key: plain(inner) for key, inner in value.items()}


def misplaced(request: Request) -> list[tuple[str, Any]]:
    rules = TABLES[VENDOR_OF[request.format]]
    return [found for tree, event_of in errors_in(request) for found in field_tables.misplaced(tree, rules, event_of)]


@pytest.mark.parametrize("client", [client for clients in VENDORS.values() for client in clients])
def test_each_value_of_a_recorded_body_is_where_the_table_says(shared, client):
    requests = [request for request in recorded(shared, client) if request.format in VENDOR_OF]
    assert requests
    assert {request.case: found for request in requests if (found := misplaced(request))} == {}


GOLDENS = {
    path.stem: golden
    for path in goldens.PATHS
    if "format" in (golden := goldens.load(path)) and BodyFormat[golden["format"]] in VENDOR_OF
}


@pytest.mark.parametrize("name", GOLDENS)
def test_each_value_of_a_golden_body_is_where_the_table_says(name):
    assert misplaced(goldens.request_of(GOLDENS[name])) == []


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
