"""Each error in a request is an item with an id that stays the same; the rest is counted."""

import json

import pytest
from tests.protocols import goldens
from tests.protocols.converting import BodyFormat, admitted, events_in, items_in
from tests.protocols.otlp.encoding import encode

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.otlp import wire
from errata.protocols.registry import events_of

GOLDEN = {
    path.stem: golden
    for path in goldens.PATHS
    if path.stem.startswith("otlp") and "body" in (golden := goldens.load(path))
}
TRACES, LOGS = BodyFormat.OTLP_TRACES, BodyFormat.OTLP_LOGS
TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"


def attributes(**values):
    return [{"key": key.replace("_", "."), "value": {"stringValue": value}} for key, value in values.items()]


def exception(kind="CartError", message="empty", at=1):
    return {
        "timeUnixNano": at,
        "name": "exception",
        "attributes": attributes(exception_type=kind, exception_message=message),
    }


def traces(*spans, resource=None):
    return {"resourceSpans": [{"resource": resource or {}, "scopeSpans": [{"scope": {"name": "s"}, "spans": spans}]}]}


def logs(*records):
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}


def both(kind, tree):
    """Give the request in both encodings."""
    return (json.dumps(tree).encode(), encode(tree, "Traces" if kind is TRACES else "Logs"))


@pytest.mark.parametrize("name", GOLDEN)
def test_protobuf_becomes_the_same_events_as_json(name):
    golden = GOLDEN[name]
    kind = BodyFormat[golden["format"]]
    printed, packed = (events_in(kind, body) for body in both(kind, golden["body"]))
    for event in printed:
        for time in (
            "startTimeUnixNano",
            "endTimeUnixNano",
            "observedTimeUnixNano",
        ):  # numbers in protobuf, text in JSON
            if time in event.get("contexts", {}).get("otel", {}):
                event["contexts"]["otel"][time] = int(event["contexts"]["otel"][time])
    assert packed == printed


def test_spans_with_and_without_errors_in_both_encodings():
    tree = traces(
        {"traceId": TRACE, "spanId": SPAN, "name": "a", "events": [exception(), exception("ValueError", "no")]},
        {"traceId": TRACE, "spanId": SPAN, "name": "exceptional"},
        {"traceId": TRACE, "spanId": SPAN, "name": "c", "events": [{"name": "loaded"}]},
    )
    ids = []
    for body in both(TRACES, tree):
        found = admitted(TRACES, body)
        assert list(found.not_kept) == [(Reason.UNSUPPORTED_ITEM, "span", 2)]
        assert len(found.items) == 2
        ids.append([item.event_id for item in found.items])
    assert ids[0] == ids[1]


def test_each_item_is_a_request_of_its_own_with_what_happened_before():
    span = {
        "traceId": TRACE,
        "spanId": SPAN,
        "name": "a",
        "events": [{"name": "loaded"}, exception(message="1"), {"name": "retried"}, exception(message="2")],
    }
    resource = {"attributes": attributes(service_version="2.0.0")}
    for body in both(TRACES, traces(span, resource=resource)):
        first, second = (events_of(item) for item in items_in(admitted(TRACES, body)))
        assert len(first) == len(second) == 1
        assert [crumb["message"] for crumb in first[0]["breadcrumbs"]["values"]] == ["loaded"]
        assert [crumb["message"] for crumb in second[0]["breadcrumbs"]["values"]] == ["loaded", "retried"]
        assert first[0]["release"] == second[0]["release"] == "2.0.0"
        assert second[0]["exception"]["values"][0]["value"] == "2"


@pytest.mark.parametrize(
    ("severity", "error"),
    [(16, False), (17, True), (24, True), ("SEVERITY_NUMBER_ERROR", True), ("ERROR", True), (0, False)],
)
def test_severity_says_which_records_are_errors(severity, error):
    body = json.dumps(logs({"severityNumber": severity, "body": {"stringValue": "m"}})).encode()
    found = admitted(LOGS, body)
    assert bool(found.items) is error
    assert bool(found.not_kept) is not error


def test_a_record_with_an_exception_is_an_error_whatever_its_severity():
    record = {"severityNumber": 13, "body": {"stringValue": "m"}, "attributes": exception()["attributes"]}
    for body in both(LOGS, logs(record)):
        (event,) = events_in(LOGS, body)
        assert event["level"] == "warning"
        assert event["exception"]["values"][0]["type"] == "CartError"


def test_log_record_and_span_event_of_one_error_have_one_id_and_others_do_not():
    def log(**more):
        record = {"traceId": TRACE, "spanId": SPAN, "attributes": exception()["attributes"], **more}
        return admitted(LOGS, json.dumps(logs(record)).encode()).items[0].event_id

    span = {"traceId": TRACE.upper(), "spanId": SPAN, "events": [exception(kind="cart.errors.CartError", at=99)]}
    (item,) = admitted(TRACES, json.dumps(traces(span)).encode()).items
    assert log(timeUnixNano="5") == log(timeUnixNano="6") == item.event_id
    assert log(spanId="eee19b7ec3c1b175") != item.event_id
    assert log(attributes=exception(message="full")["attributes"]) != item.event_id
    assert log(traceId="0" * 32) != log(traceId="0" * 32, timeUnixNano="5")


def test_errors_without_a_trace_are_told_apart_by_all_that_they_say():
    records = [{"severityNumber": 17, "timeUnixNano": n, "body": {"stringValue": "m"}} for n in (1, 2, 2)]
    for body in both(LOGS, logs(*records)):
        assert len(admitted(LOGS, body).items) == 2


def test_ids_in_base64_as_protobufs_own_printer_writes_them_are_the_same_ids():
    plain = {"traceId": TRACE, "spanId": SPAN, "events": [exception()]}
    printed = {**plain, "traceId": "W47/95gDgQPSabYzgT/GDA==", "spanId": "7uGbfsPBsXQ="}
    ids = [admitted(TRACES, json.dumps(traces(span)).encode()).event_id for span in (plain, printed)]
    assert ids[0] == ids[1]


PROTOBUF = {b"content-type": b"application/x-protobuf"}


@pytest.mark.parametrize("headers", [PROTOBUF, {}])
def test_protobuf_that_begins_like_json_is_protobuf(headers):
    def request(padding):
        return encode(logs({"severityNumber": 17, "body": {"stringValue": "m" * padding}}), "Logs")

    body = next(body for body in map(request, range(123)) if body.startswith(b"\n{"))
    found = admitted(LOGS, body, headers)
    (item,) = items_in(found, headers)
    assert item.payload.startswith(b"\n{")
    (event,) = events_of(item)
    assert set(event["logentry"]["formatted"]) == {"m"}


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\n ", b"application/json; charset=utf-8"),
        (b"", b"application/json"),
        (b"", b"application/x-protobuf"),  # of clients that print their messages
        (b"", b""),
    ],
)
def test_json_is_told_by_its_brace_or_its_name(start, name):
    body = start + json.dumps(logs({"severityNumber": 17, "body": {"stringValue": "m"}})).encode()
    (event,) = events_in(LOGS, body, {b"content-type": name})
    assert event["logentry"] == {"formatted": "m"}


def nested(levels, kind="arrayValue"):
    value = {"stringValue": "x"}
    for _ in range(levels):
        value = {kind: {"values": [value if kind == "arrayValue" else {"key": "a", "value": value}]}}
    return value


@pytest.mark.parametrize("kind", ["arrayValue", "kvlistValue"])
@pytest.mark.parametrize("levels", [20, 60])
def test_a_value_nested_too_deeply_is_cut_and_costs_neither_its_record_nor_others(kind, levels):
    good = {"severityNumber": 17, "timeUnixNano": 1, "body": {"stringValue": "good"}}
    deep = {"severityNumber": 17, "timeUnixNano": 2, "body": nested(levels, kind)}
    found = [events_in(LOGS, body) for body in both(LOGS, logs(deep, good))]
    assert len(found[0]) == 2
    assert found[0] == found[1]


def test_a_record_that_is_broken_is_counted_and_costs_no_other():
    good = encode({"severityNumber": 17, "body": {"stringValue": "good"}}, "LogRecord")
    broken = b"\x10\x11\x0b"  # severe, then a group
    scoped = wire.message(2, wire.message(2, broken), wire.message(2, good))
    found = admitted(LOGS, wire.message(1, scoped))
    assert len(found.items) == 1
    assert list(found.not_kept) == [(Reason.BAD_ENVELOPE, "error", 1)]


def test_an_error_that_is_recorded_twice_is_kept_once_and_counted():
    span = {"traceId": TRACE, "spanId": SPAN, "events": [exception(), exception(at=2), exception("ValueError")]}
    for body in both(TRACES, traces(span)):
        found = admitted(TRACES, body)
        assert len(found.items) == 2
        assert list(found.not_kept) == [(Reason.SAME_EVENT_ID, "error", 1)]


def test_of_what_happened_before_an_error_the_last_hundred_are_kept_and_the_others_counted():
    before = [{"name": f"step {number}"} for number in range(130)]
    span = {"traceId": TRACE, "spanId": SPAN, "droppedEventsCount": 2, "events": [*before, exception()]}
    for body in both(TRACES, traces(span)):
        (event,) = events_in(TRACES, body)
        crumbs = event["breadcrumbs"]["values"]
        assert [crumbs[0]["message"], crumbs[-1]["message"], len(crumbs)] == ["step 30", "step 129", 100]
        assert event["contexts"]["otel"]["droppedEventsCount"] == 32


def test_a_log_record_that_is_no_error_is_passed_over_in_both_encodings():
    tree = logs({"severityNumber": 9, "body": {"stringValue": "an exception to the rule"}}, {"severityNumber": 16}, {})
    for body in both(LOGS, tree):
        assert list(admitted(LOGS, body).not_kept) == [(Reason.UNSUPPORTED_ITEM, "log_item", 3)]


def test_an_empty_request_is_accepted_with_nothing_in_it():
    for kind in (TRACES, LOGS):
        for body in (b"", b"{}"):
            (nothing,) = admitted(kind, body).not_kept
            assert (nothing.reason, nothing.quantity) == (Reason.NO_ITEMS, 1)
            assert not admitted(kind, body).items


def test_a_hostile_resource_is_not_repeated_without_end():
    tree = traces(
        *({"traceId": TRACE, "spanId": f"{n:016x}", "events": [exception()]} for n in range(1, 400)),
        resource={"attributes": attributes(service_name="x" * 200_000)},
    )
    for body in both(TRACES, tree):
        with pytest.raises(Invalid) as refusal:
            admitted(TRACES, body)
        assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "body",
    [
        wire.message(1) * 20_001 + wire.message(3, b"x" * 200_000),
        wire.message(1, wire.message(2) * 20_001, wire.message(3, b"x" * 200_000)),
    ],
)
def test_a_request_of_nothing_but_containers_is_too_large(body):
    with pytest.raises(Invalid) as refusal:
        admitted(LOGS, body)
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("unit", [b"{},", b"[],", b"NaN,", b'"",'])
def test_a_request_of_nothing_but_small_values_is_refused_unread(unit):
    with pytest.raises(Invalid) as refusal:
        admitted(LOGS, b'{"resourceLogs":[%s1]}' % (unit * 700_000))
    assert refusal.value.reason is Reason.TOO_LARGE


def test_a_request_in_json_has_a_few_megabytes_at_most():
    body = json.dumps(logs({"severityNumber": 17, "body": {"stringValue": "m" * 5_000_000}})).encode()
    with pytest.raises(Invalid) as refusal:
        admitted(LOGS, body)
    assert refusal.value.reason is Reason.TOO_LARGE
