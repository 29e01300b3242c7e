"""What other vendors' clients really sent, replayed byte for byte: each hears what it needs, and the errors land."""

import json
from collections import Counter

import pytest
from tests.end_to_end.expectations import expected_of
from tests.protocols.converting import BodyFormat, recorded
from tests.services.errata_relay.running import KEY, RunningRelay, send_raw
from tests.services.errata_relay.test_recordings import on_the_wire

pytestmark = pytest.mark.stack

TOKENS = ("hbp_1", "hbp_0123456789")
"""Keys in the recordings that are not Sentry's 32 digits."""

FORMATS = {
    "/api/1/item/": "rollbar.item",
    "/notify": "bugsnag.events",
    "/api/v3/projects/42/notices": "airbrake.notice",
    "/v1/notices/": "honeybadger.notice",
    "/v1/notices/js": "honeybadger.notice",
}
"""Addresses of which each request holds one item that is an error."""

OTLP = {BodyFormat.OTLP_LOGS: "otlp.logs", BodyFormat.OTLP_TRACES: "otlp.traces"}

# What of the requests is no error: (reason, category) of the outcomes that say so.
NOT_KEPT = {
    "pybrake-python": {("unsupported_item", "default")},
    "honeybadger-python": {("unsupported_item", "log_item")},
    "otlp-python": {("unsupported_item", "log_item")},
}

CLIENTS = (
    "airbrake-browser",
    "bugsnag-node",
    "bugsnag-python",
    "honeybadger-browser",
    "honeybadger-python",
    "otlp-python",
    "pybrake-python",
    "rollbar-node",
    "rollbar-python",
)


@pytest.fixture
def relay(start_relay, tmp_path) -> RunningRelay:
    keys = "".join(f'  - {{id: token{number}, public: "{token}"}}\n' for number, token in enumerate(TOKENS))
    (tmp_path / "config" / "projects").mkdir(parents=True)
    (tmp_path / "config" / "projects" / "shop.yaml").write_text(
        f'id: 42\nslug: shop\nkeys:\n  - {{id: main, public: "{KEY}"}}\n{keys}'
    )
    return start_relay()


def needed(path: str, status: int, headers: dict[str, str], body: bytes) -> bool:
    """Say whether a client that sent something here is content with the answer; from PROTOCOLS, section 1."""
    told = json.loads(body) if headers["content-type"] == "application/json" and body else None
    match path.strip("/").split("/"):
        case ["api", "1", "item"]:
            return status == 200 and told["err"] == 0 and "uuid" in told["result"]
        case ["api", "v3", *_]:
            return status == 201 and len(told["id"]) == 36
        case ["api", "v5", *_]:
            return status == 200 and told == {}
        case ["v1", "notices", *_]:
            return status == 201 and bool(told["id"])
        case ["v1", "events"]:
            return status == 201
        case ["v1", "logs" | "traces"]:
            return status == 200 and (headers["content-type"], body) == ("application/x-protobuf", b"")
        case ["notify" | "sessions"]:
            return status in (200, 202)
    return False


@pytest.mark.parametrize("client", CLIENTS)
async def test_recorded_requests_are_answered_as_needed_and_their_errors_land(shared, relay, client):
    lines = (shared / "recordings" / f"{client}.jsonl").read_text().splitlines()
    expected: Counter[str] = Counter()
    # Within a request of OpenTelemetry each error is one item; elsewhere each request is.
    for request in recorded(shared, client):
        if request.format in OTLP:
            expected[OTLP[request.format]] += len({error.same for error in expected_of(request)})
    for request in map(json.loads, lines):
        answer = send_raw(relay.port, on_the_wire(request))
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        assert headers["access-control-allow-origin"] == "*"
        path = request["path"].partition("?")[0]
        if request["method"] == "OPTIONS":
            asked = dict(request["headers"])["Access-Control-Request-Headers"]
            assert asked in headers["access-control-allow-headers"]
            continue
        assert needed(path, int(status.split()[1]), headers, body), (request["case"], answer)
        if path in FORMATS:
            expected[FORMATS[path]] += 1
    assert relay.stop() == 0
    items = await relay.items()
    assert Counter(item.meta.format for item in items) == expected
    assert {item.meta.project for item in items} == {42}
    assert all(len(item.meta.event_id) == 32 for item in items)
    outcomes = await relay.outcomes()
    assert {key[1:3] for key in outcomes} == NOT_KEPT.get(client, set())
