"""Addresses that no recorded client uses: each is answered as its client needs, and what comes there is counted."""

import base64
import json
import zlib
from urllib.parse import quote

import httpx2
import pytest
from tests.services.errata_relay.running import KEY

from errata.contracts.topics import INGEST_SESSIONS

pytestmark = pytest.mark.stack

BY_QUERY = f"?sentry_key={KEY}"
EVENT_ID = "9ec79c33ec9942ab8353589fcb2e04dc"
PACKED = quote(base64.b64encode(zlib.compress(b'{"event_id":"%s"}' % EVENT_ID.encode())), safe="+/=")
CSP = b'{"csp-report":{"document-uri":"https://shop.example/","effective-directive":"img-src","blocked-uri":"inline"}}'

EVENTS = {
    f"GET /api/42/store/{BY_QUERY}&sentry_data={PACKED}": (b"", 200),
    f"POST /api/42/security/{BY_QUERY}&sentry_environment=live": (CSP, 201),
    f"POST /prefix/api/42/csp-report/{BY_QUERY}": (CSP, 201),
}
CHECK_INS = {
    f"GET /api/42/cron/nightly/{KEY}/?status=ok": (b"", 200),
    f"POST /api/42/cron/nightly/{BY_QUERY}&status=error": (b'{"duration":3}', 200),
}
NOT_KEPT = {
    f"POST /api/42/minidump/{BY_QUERY}": (b"MDMP", 200),
    f"POST /api/42/unreal/{KEY}/": (b"UE4", 200),
    f"POST /api/42/events/{EVENT_ID}/attachments/{BY_QUERY}": (b"--x--", 201),
    "POST /api/v5/projects/42/queries-stats?key=" + KEY: (b"{}", 200),
    "GET /v1/check_in/abc": (b"", 200),
}


async def test_each_is_answered_and_counted(relay):
    texts = {}
    for line, (body, status) in (EVENTS | CHECK_INS | NOT_KEPT).items():
        method, _, address = line.partition(" ")
        answer = httpx2.request(method, relay.url + address, content=body)
        assert answer.status_code == status, (line, answer.text)
        texts[line] = answer.text
    assert len(texts[f"POST /api/42/minidump/{BY_QUERY}"]) == 36
    assert json.loads(next(iter(texts.values()))) == {"id": EVENT_ID}
    assert relay.stop() == 0
    formats = [item.meta.format for item in await relay.items()]
    assert sorted(formats) == ["browser.report", "browser.report", "sentry.event"]
    check_ins = [json.loads(item.payload) for item in await relay.items(INGEST_SESSIONS)]
    assert sorted(check_ins, key=str) == [
        {"duration": 3, "status": "error", "monitor_slug": "nightly"},
        {"status": "ok", "monitor_slug": "nightly"},
    ]
    assert await relay.outcomes() == {
        ("filtered", "unsupported_item", "error", 42): 2,
        ("filtered", "unsupported_item", "attachment", 42): 1,
        ("filtered", "unsupported_item", "default", 42): 1,
        ("filtered", "unsupported_item", "monitor", 0): 1,
    }


REFUSED = {
    "/api/1/item/": ({"X-Rollbar-Access-Token": "wrong"}, b'{"data":{"body":{}}}', 403),
    "/notify": ({"Bugsnag-Api-Key": "wrong"}, b'{"events":[{}]}', 403),
    "/api/v3/projects/42/notices?key=wrong": ({}, b'{"errors":[{}]}', 403),
    "/api/v3/projects/7/notices?key=" + KEY: ({}, b'{"errors":[{}]}', 403),
    "/v1/notices/js": ({"X-API-Key": KEY}, b"no JSON", 400),
    "/v1/traces": ({"X-Sentry-Auth": f"sentry sentry_key={KEY}"}, b"\xff\xff\xff", 400),
    "/v1/logs": ({}, b"", 401),
    f"/api/42/security/{BY_QUERY}": ({}, b"no JSON", 400),
}


async def test_what_is_wrong_is_refused_with_cors_and_counted_once(relay):
    for address, (headers, body, status) in REFUSED.items():
        answer = httpx2.post(relay.url + address, headers=headers, content=body)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, "*"), address
    assert httpx2.post(relay.url + "/api/1/item/", headers={"X-Rollbar-Access-Token": "x"}).json()["err"] == 1
    assert relay.stop() == 0
    assert await relay.items() == []
    assert sum((await relay.outcomes()).values()) == len(REFUSED) + 1


async def test_keys_in_the_body_alone_are_found(relay):
    rollbar = b'{"access_token":"%s","data":{"body":{"message":{"body":"m"}}}}' % KEY.encode()
    bugsnag = b'{"apiKey":"%s","events":[{"exceptions":[]}]}' % KEY.encode()
    assert httpx2.post(relay.url + "/api/1/item/", content=rollbar).status_code == 200
    assert httpx2.post(relay.url + "/notify", content=bugsnag).status_code == 200
    assert len(await relay.items()) == 2
