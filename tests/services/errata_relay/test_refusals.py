"""What must not come in does not: each kind has its status and reason, and ends in exactly one counted outcome."""

import asyncio
import base64
import gzip
import json
import socket
from collections import Counter

import httpx2
import pytest
from tests.services.errata_relay.running import DISABLED_KEY, KEY, OTHER_KEY, auth, envelope, send_raw

pytestmark = pytest.mark.stack

ENVELOPE = "/api/42/envelope/"
STORE = "/api/42/store/"
EVENT = b'{"message":"hello"}'

REFUSED = {
    "no key": (STORE, {}, EVENT, 401, "missing_key", "error", 0),
    "no key in an envelope": (ENVELOPE, {}, envelope(("event", EVENT)), 401, "missing_key", "default", 0),
    "two keys": (f"{STORE}?sentry_key={OTHER_KEY}", auth(), EVENT, 401, "missing_key", "error", 0),
    "another key in the envelope": (
        ENVELOPE,
        auth(),
        envelope(("event", EVENT), header=b'{"dsn":"http://%s@h/7"}' % OTHER_KEY.encode()),
        401,
        "missing_key",
        "default",
        42,
    ),
    "unknown key": (STORE, auth("f" * 32), EVENT, 403, "unknown_key", "error", 0),
    "disabled key": (STORE, auth(DISABLED_KEY), EVENT, 403, "disabled_key", "error", 42),
    "key of another project": (STORE, auth(OTHER_KEY), EVENT, 403, "project_mismatch", "error", 7),
    "tunnel without a DSN": ("/tunnel", {}, envelope(("event", EVENT)), 401, "missing_key", "default", 0),
    "broken JSON": (STORE, auth(), b'{"message":', 400, "bad_json", "error", 42),
    "broken JSON in an envelope": (ENVELOPE, auth(), envelope(("event", b"{")), 400, "bad_json", "error", 42),
    "empty store": (STORE, auth(), b"", 400, "bad_json", "error", 42),
    "no envelope": (ENVELOPE, auth(), b"hello", 400, "bad_envelope", "default", 42),
    "empty envelope": (ENVELOPE, auth(), b"", 400, "bad_envelope", "default", 42),
    "cut short": (
        ENVELOPE,
        auth() | {"Content-Encoding": "gzip"},
        gzip.compress(envelope(("event", EVENT)))[:-9],
        400,
        "bad_encoding",
        "default",
        42,
    ),
    "garbage behind": (
        ENVELOPE,
        auth() | {"Content-Encoding": "gzip"},
        gzip.compress(envelope(("event", EVENT))) + b"garbage",
        400,
        "bad_encoding",
        "default",
        42,
    ),
    "large item": (ENVELOPE, auth(), envelope(("event", b'"%s"' % (b"a" * 2_000_000))), 413, "too_large", "error", 42),
    "large body": (ENVELOPE, auth(), bytes(21_000_000), 413, "too_large", "default", 42),
    "many items": (ENVELOPE, auth(), envelope(*[("x", b"")] * 201), 413, "too_large", "default", 42),
}


async def test_a_refusal_has_its_status_and_reason_and_is_counted_once(relay):
    expected: Counter[tuple[str, str, str, int]] = Counter()
    for name, (path, headers, body, status, reason, category, project) in REFUSED.items():
        answer = httpx2.post(relay.url + path, headers=headers, content=body, timeout=20)
        assert (answer.status_code, answer.json()["reason"]) == (status, reason), name
        assert answer.headers["x-sentry-error"].startswith(f"{reason}: ")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "x-sentry-error" in answer.headers["access-control-expose-headers"]
        expected["invalid", reason, category, project] += 1
    assert relay.stop() == 0
    assert await relay.outcomes() == expected
    assert await relay.all_items() == []


async def test_good_items_beside_bad_ones_are_kept(relay):
    body = envelope(("event", EVENT), ("event", b"{"), ("session", b"{}"), ("log", b"{}"), ("unheard-of", b"\n"))
    assert httpx2.post(relay.url + ENVELOPE, headers=auth(), content=body).status_code == 200
    assert relay.stop() == 0
    assert sorted(item.meta.format for item in await relay.all_items()) == ["sentry.event", "sentry.session"]
    assert await relay.outcomes() == {
        ("invalid", "bad_json", "error", 42): 1,
        ("filtered", "unsupported_item", "log_item", 42): 1,
        ("filtered", "unsupported_item", "default", 42): 1,
    }


async def test_an_envelope_of_nothing_kept_is_a_success(relay):
    for body in (b"{}\n", envelope(("client_report", b"{}")), envelope(("event", b'{"type":"transaction"}'))):
        answer = httpx2.post(relay.url + ENVELOPE, headers=auth(), content=body)
        assert (answer.status_code, answer.content) == (200, b"{}")
    assert relay.stop() == 0
    assert await relay.outcomes() == {
        ("invalid", "no_items", "default", 42): 1,
        ("filtered", "unsupported_item", "transaction", 42): 1,
    }


async def test_an_otlp_request_of_nothing_is_a_success_and_counted(relay):
    for path in ("/v1/traces", "/v1/logs"):
        assert httpx2.post(relay.url + path, headers={"X-API-Key": KEY}, content=b"").status_code == 200
    assert relay.stop() == 0
    assert await relay.outcomes() == {
        ("invalid", "no_items", "span", 42): 1,
        ("invalid", "no_items", "log_item", 42): 1,
    }


async def test_text_that_has_no_bytes_costs_nobody_an_item(relay):
    odd = b"\\ud800"
    requests = {
        ENVELOPE: b'{"sent_at":"%s"}\n{"type":"event"}\n{}\n' % odd,
        "/api/1/item/": b'{"data":{"notifier":{"name":"%s","version":"%s"}}}' % (odd, odd),
        "/notify": b'{"events":[{}],"notifier":{"name":"%s"}}' % odd,
        "/sessions": b'{"sessionCounts":[{}],"notifier":{"name":"%s"}}' % odd,
        f"/api/v3/projects/42/notices?key={KEY}": b'{"errors":[{}],"context":{"notifier":{"name":"%s"}}}' % odd,
        "/v1/notices": b'{"error":{},"notifier":{"name":"%s"}}' % odd,
        "/api/42/cron/nightly/": b'{"status":"%s"}' % odd,
        STORE: EVENT,
    }
    keys = auth() | {"X-Rollbar-Access-Token": KEY, "Bugsnag-Api-Key": KEY, "X-API-Key": KEY}
    async with httpx2.AsyncClient(base_url=relay.url) as client:
        answers = await asyncio.gather(
            *(client.post(path, content=body, headers={} if "?" in path else keys) for path, body in requests.items())
        )
    assert {answer.status_code for answer in answers} <= {200, 201, 202}
    assert relay.stop() == 0
    assert len(await relay.all_items()) == len(requests)
    assert await relay.outcomes() == {}


async def test_an_endless_chunked_body_is_refused(start_relay):
    relay = start_relay(max_request_bytes=100_000)
    head = f"POST {ENVELOPE}?sentry_key={KEY} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    answer = send_raw(relay.port, head + (b"2710\r\n" + bytes(10_000) + b"\r\n") * 21)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer


async def test_a_request_that_does_not_come_to_its_end_is_counted(start_relay):
    relay = start_relay(head_timeout_seconds=0.3, body_timeout_seconds=0.3)
    head = f"POST {STORE}?sentry_key={KEY} HTTP/1.1\r\nContent-Length: 9\r\n\r\n".encode()
    for part in (b"", b"POST / HT", head, head + b"abc"):
        assert send_raw(relay.port, part) == b""
    with socket.create_connection(("127.0.0.1", relay.port)) as connection:
        connection.sendall(head + b"gone")
    assert relay.stop() == 0
    assert await relay.outcomes() == {
        ("invalid", "incomplete", "default", 0): 1,
        ("invalid", "incomplete", "error", 42): 3,
    }


async def test_the_json_test_suite_is_refused_or_kept_as_it_says(shared, relay):
    cases = [json.loads(line) for line in (shared / "corpora" / "json_test_suite.jsonl").read_text().splitlines()]
    statuses = {}
    with httpx2.Client(base_url=relay.url, headers=auth()) as client:
        for case in cases:
            body = base64.b64decode(case["body_b64"])
            in_store = client.post(STORE, content=body).status_code
            in_envelope = client.post(ENVELOPE, content=envelope(("event", body))).status_code
            statuses[case["id"]] = {in_store, in_envelope}
            assert case["expect"] == "i" or statuses[case["id"]] == {200 if case["expect"] == "y" else 400}, case["id"]
    assert all(len(pair) == 1 for pair in statuses.values())
    assert relay.stop() == 0
    refused = 2 * sum(pair == {400} for pair in statuses.values())
    outcomes = await relay.outcomes()
    assert {key[1] for key in outcomes} <= {"bad_json", "too_deep"}
    assert sum(outcomes.values()) == refused
    assert len(await relay.items()) == 2 * len(cases) - refused


async def test_above_the_room_for_bodies_clients_are_told_to_wait(start_relay):
    relay = start_relay(max_buffered_bytes=1_000_000)
    answer = httpx2.post(relay.url + ENVELOPE, headers=auth(), content=envelope(("attachment", bytes(1_500_000))))
    assert (answer.status_code, answer.json()["reason"]) == (429, "queue_full")
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["x-sentry-rate-limits"] == "10::organization:queue_full"
    assert httpx2.post(relay.url + ENVELOPE, headers=auth(), content=envelope(("event", EVENT))).status_code == 200
    assert relay.stop() == 0
    assert await relay.outcomes() == {("rate_limited", "queue_full", "default", 42): 1}
