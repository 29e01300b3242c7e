"""Every error that a real client of another vendor sent becomes the event that it means."""

from typing import Any

import pytest
from tests.protocols.converting import BodyFormat, admitted, events_in, recorded

from errata.contracts.outcomes import Reason
from errata.protocols.otlp.attributes import id_of

USER = {"id": "7", "email": "a@b.c"}
CHAIN = [("ZeroDivisionError", ["checkout", "charge"]), ("PaymentError", ["main", "checkout"])]
NODE_CHAIN = [("TypeError", ["checkout", "charge"]), ("Error", [None, "checkout"])]
BROWSER = [("TypeError", [None, "charge"])]

EXPECTED: dict[str, dict[str, dict[str, Any]]] = {
    "rollbar-python": {
        "exception-1": {"chain": CHAIN, "level": "fatal", "release": "shop@1.2.3", "tags": {"branch": "main"}},
        "flask-1": {
            "chain": [CHAIN[0], ("PaymentError", ["o", "checkout"])],
            "level": "error",
            "transaction": "/order/<int:i>",
            "user": {"id": "7", "ip_address": "127.0.0.1"},
            "tags": {"framework": "flask"},
        },
        "limits_429-1": {"chain": [("ValueError", ["main"])]},
        "limits_429-2": {"chain": [("ValueError", ["main"])]},
        "limits_429-3": {"chain": [("ValueError", ["main"])]},
        "message-1": {
            "message": "plain message",
            "level": "warning",
            "fingerprint": ["my-fp"],
            "transaction": "ctx#1",
            "user": USER,
        },
        "message-2": {"message": "std logging", "level": "warning", "logger": "shop"},
        "message-3": {"chain": CHAIN, "level": "error", "logger": "shop", "crumbs": ["std %s"]},
        "thread-1": {"chain": CHAIN, "level": "error"},
    },
    "rollbar-node": {
        "exception-1": {"message": "plain message", "level": "warning", "fingerprint": ["my-fp"], "user": USER},
        "exception-2": {"message": "info only", "level": "info"},
        "exception-3": {"chain": NODE_CHAIN, "level": "fatal", "release": "1.2.3", "handled": True},
        "exception-4": {"chain": [("TypeError", [None])], "level": "error", "handled": True},
        "unhandled-1": {
            "chain": [NODE_CHAIN[0], ("Error", ["Timeout._onTimeout", "checkout"])],
            "level": "error",
            "handled": False,
        },
    },
    "bugsnag-python": {
        "exception-1": {
            "chain": CHAIN,
            "level": "info",
            "handled": True,
            "fingerprint": ["my-group"],
            "user": USER,
            "tags": {"new-ui": "b", "app.type": "worker"},
            "crumbs": ["added item"],
        },
        "exception-3": {"message": "logged error", "level": "error", "logger": "shop"},
        "flask-1": {
            "chain": [CHAIN[0], ("PaymentError", ["o", "checkout"])],
            "handled": False,
            "transaction": "POST /order/7",
            "user": {"ip_address": "127.0.0.1"},
        },
        "unhandled-1": {"chain": CHAIN, "handled": False},
    },
    "bugsnag-node": {
        "exception-1": {"chain": [("Error", [None])], "level": "warning", "handled": True},
        "exception-2": {"chain": NODE_CHAIN, "level": "info", "handled": True, "transaction": "checkout"},
        "unhandled-1": {
            "chain": [NODE_CHAIN[0], ("Error", ["Timeout._onTimeout", "checkout"])],
            "level": "error",
            "handled": False,
        },
    },
    "pybrake-python": {
        "exception-1": {"chain": CHAIN, "user": USER, "release": "1.2.3"},
        "exception-2": {"message": "a string error"},
        "exception-3": {"message": "logged err", "template": "logged %s", "level": "error", "logger": "shop"},
        **{
            f"limits_429_{case}": {"chain": [("ValueError", [])]}
            for case in ("async-1", "no_delay_header-1", "no_delay_header-2", "no_delay_header-3", "sync-1")
        },
    },
    "airbrake-browser": {
        "exception-1": {"chain": [("TypeError", ["err", "charge"])], "level": "error", "handled": True},
        "exception-2": {
            "chain": BROWSER,
            "handled": False,
            "crumbs": ["", "", "airbrake "],
        },
    },
    "honeybadger-python": {
        "exception-1": {
            "chain": [("ZeroDivisionError", []), CHAIN[1]],
            "level": "error",
            "fingerprint": ["my-fp"],
            "user": USER,
            "tags": {"a": "true", "b": "true"},
        },
        "exception-2": {"chain": [("Custom", ["__get__", "payload"])]},
        "unhandled-1": {"chain": [("ZeroDivisionError", []), CHAIN[1]]},
    },
    "honeybadger-browser": {
        "exception-2": {"chain": [("TypeError", ["err", "charge"])], "release": "1.2.3"},
        "exception-3": {"chain": BROWSER, "handled": False},
    },
}


def last_frames(exception: dict, number: int) -> list[str | None]:
    frames = exception.get("stacktrace", {}).get("frames", [])
    mine = [frame for frame in frames if not frame.get("filename", "").startswith("node:")]
    return [frame.get("function") for frame in mine[-number:]] if number else []


@pytest.mark.parametrize("client", EXPECTED)
def test_each_recorded_error_is_the_event_that_it_means(shared, client):
    seen = set()
    for request in recorded(shared, client):
        events = events_in(request.format, request.body, request.headers, request.query)
        if not events:
            continue
        seen.add(request.case)
        wanted = EXPECTED[client][request.case]
        (event,) = events
        assert event["environment"] == "staging"
        assert event["platform"] == {"python": "python", "node": "node", "browser": "javascript"}[client.split("-")[1]]
        for key in {"level", "release", "transaction", "logger", "fingerprint"} & set(wanted):
            assert event[key] == wanted[key], (request.case, key)
        assert wanted.get("user", {}).items() <= event.get("user", {}).items()
        assert wanted.get("tags", {}).items() <= dict(event.get("tags", [])).items()
        if "crumbs" in wanted:
            for crumb, beginning in zip(event["breadcrumbs"]["values"], wanted["crumbs"], strict=True):
                assert crumb.get("message", "").startswith(beginning)
        if "chain" in wanted:
            values = event["exception"]["values"]
            found = [
                (value["type"], last_frames(value, len(frames)))
                for value, (_, frames) in zip(values, wanted["chain"], strict=True)
            ]
            assert found == wanted["chain"], request.case
            assert all(value["value"] for value in values)
            assert values[-1]["mechanism"].get("handled") == wanted.get("handled"), request.case
        else:
            assert "exception" not in event
            assert event["logentry"]["formatted"] == wanted["message"]
            assert event["logentry"].get("message") == wanted.get("template")
    assert seen == set(EXPECTED[client])


def test_columns_of_node_count_from_one(shared):
    rollbar, bugsnag = (
        next(request for request in recorded(shared, client) if request.case == "unhandled-1")
        for client in ("rollbar-node", "bugsnag-node")
    )
    columns = []
    for request in (rollbar, bugsnag):
        (event,) = events_in(request.format, request.body, request.headers)
        columns.append([value["stacktrace"]["frames"][-1]["colno"] for value in event["exception"]["values"]])
    assert columns[0] == columns[1] == [33, 68]


def test_frames_of_the_application_are_told_from_libraries(shared):
    for client in ("rollbar-python", "bugsnag-python"):
        request = next(request for request in recorded(shared, client) if request.case == "flask-1")
        (event,) = events_in(request.format, request.body, request.headers)
        frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
        assert [(frame["filename"], frame["in_app"]) for frame in frames[-2:]] == [("py_vendors.py", True)] * 2
        assert not any(frame["in_app"] for frame in frames[:-2])
        assert all(frame["abs_path"].startswith("/srv/shop/") for frame in frames)


def test_recorded_sessions_become_sums(shared):
    for client, started in (("bugsnag-python", [1, 1, 3]), ("bugsnag-node", [3])):
        sums = [
            item.payload
            for request in recorded(shared, client)
            if request.format is BodyFormat.BUGSNAG_SESSIONS
            for item in admitted(request.format, request.body, request.headers).items
        ]
        assert [b'"exited":%d' % number in payload for number, payload in zip(started, sums, strict=True)] == [
            True
        ] * len(started)


def test_what_is_no_error_is_counted(shared):
    for client, case, category, quantity in (
        ("pybrake-python", "perf-1", "default", 1),
        ("honeybadger-python", "exception-3", "log_item", 2),
    ):
        request = next(request for request in recorded(shared, client) if request.case == case)
        found = admitted(request.format, request.body, request.headers)
        assert not found.items
        assert list(found.not_kept) == [(Reason.UNSUPPORTED_ITEM, category, quantity)]


def test_opentelemetry_errors_of_a_recording_have_causes_and_the_same_id_as_log_and_on_the_span(shared):
    by_case: dict[str, dict[BodyFormat, list[str]]] = {}
    for request in recorded(shared, "otlp-python"):
        if request.case.startswith("retry"):
            continue
        found = admitted(request.format, request.body, request.headers)
        by_case.setdefault(request.case.split("-")[0], {})[request.format] = [item.event_id for item in found.items]
        for event in events_in(request.format, request.body, request.headers):
            values = event["exception"]["values"]
            assert [value["type"] for value in values] == ["ZeroDivisionError", "PaymentError"]
            assert values[0]["value"] == "division by zero"
            assert values[1]["value"].startswith("could not charge")
            assert last_frames(values[0], 2) == ["checkout", "charge"]
            assert last_frames(values[1], 2) == ["<module>", "checkout"]
            assert (event["release"], event["environment"], event["level"]) == ("1.2.3", "staging", "error")
            assert event["server_name"] == "vm" or "service.instance.id" in event["server_name"]
            assert id_of(event["contexts"]["trace"]["trace_id"])
    for formats in by_case.values():
        (logged,), spans = formats[BodyFormat.OTLP_LOGS], formats[BodyFormat.OTLP_TRACES]
        assert logged in spans
        assert len(spans) == len(set(spans)) == 2


def test_a_repeated_request_of_opentelemetry_has_the_same_ids(shared):
    logs = [request for request in recorded(shared, "otlp-python") if request.case in {"retry_429-1", "retry_429-3"}]
    ids = [[item.event_id for item in admitted(request.format, request.body).items] for request in logs]
    assert ids[0] == ids[1] != []
