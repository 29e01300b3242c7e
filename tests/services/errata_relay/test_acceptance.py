"""Every way in that Sentry clients use: routes, keys, encodings, forms of bodies; and what is then known of an item."""

import base64
import gzip
import json
import zlib

import brotli
import httpx2
import pytest
from backports import zstd
from tests.services.errata_relay.running import KEY, auth, envelope

pytestmark = pytest.mark.stack

ID = "9ec79c33ec9942ab8353589fcb2e04dc"
EVENT = b'{"event_id":"%s","message":"hello"}' % ID.encode()
BODY = envelope(("event", EVENT))
DSN = f"http://{KEY}@relay.example/prefix/42"
QUERY = f"sentry_version=7&sentry_key={KEY}&sentry_client=test%2F1.0"
BASIC = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
TUNNELLED = envelope(("event", EVENT), header=json.dumps({"dsn": DSN}).encode())
TUNNELLED_BY_RUST = envelope(("event", EVENT), header=json.dumps({"dsn": DSN.replace("@", ":@")}).encode())


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ACCEPTED = {
    "envelope": ("/api/42/envelope/", auth(), BODY),
    "envelope without slash": ("/api/42/envelope", auth(), BODY),
    "envelope under a prefix": ("/a/prefix/api/42/envelope/", auth(), BODY),
    "store": ("/api/42/store/", auth(), EVENT),
    "store without slash": ("/api/42/store", auth(), EVENT),
    "store under a prefix": ("/prefix/api/42/store/", auth(), EVENT),
    "store without project": ("/api/store/", auth(), EVENT),
    "key in the query": (f"/api/42/envelope/?{QUERY}", {}, BODY),
    "key in Authorization": ("/api/42/envelope/", {"Authorization": auth()["X-Sentry-Auth"]}, BODY),
    "key as user": ("/api/42/envelope/", {"Authorization": BASIC}, BODY),
    "key in the DSN of the envelope": ("/api/42/envelope/", {}, TUNNELLED),
    "key in header, query and DSN": (f"/api/42/envelope/?{QUERY}", auth(), TUNNELLED),
    "tunnel": ("/tunnel", {}, TUNNELLED),
    "tunnel behind a login": ("/tunnel", {"Authorization": "Basic " + base64.b64encode(b"ada:pw").decode()}, TUNNELLED),
    "tunnel of Rust": ("/deep/tunnel/", {}, TUNNELLED_BY_RUST),
    "tunnel at the root": ("/", {}, TUNNELLED),
    "br": ("/api/42/envelope/", auth() | {"Content-Encoding": "br"}, brotli.compress(BODY, quality=4)),
    "gzip": ("/api/42/envelope/", auth() | {"Content-Encoding": "gzip"}, gzip.compress(BODY)),
    "x-gzip": ("/api/42/envelope/", auth() | {"Content-Encoding": "x-gzip"}, gzip.compress(BODY)),
    "deflate": ("/api/42/store/", auth() | {"Content-Encoding": "deflate"}, zlib.compress(EVENT)),
    "raw deflate": ("/api/42/store/", auth() | {"Content-Encoding": "deflate"}, raw_deflate(EVENT)),
    "zstd in frames": (
        "/api/42/envelope/",
        auth() | {"Content-Encoding": "zstd"},
        zstd.compress(BODY[:40]) + zstd.compress(BODY[40:]),
    ),
    "empty encoding": ("/api/42/store/", auth() | {"Content-Encoding": ""}, EVENT),
    "unheard-of encoding": ("/api/42/store/", auth() | {"Content-Encoding": "aws-chunked"}, EVENT),
    "base64 of zlib": ("/api/42/store/", auth(), base64.b64encode(zlib.compress(EVENT))),
    "base64 of zlib in lines": ("/api/42/store/", auth(), base64.encodebytes(zlib.compress(EVENT))),
    "as text": ("/api/42/envelope/", auth() | {"Content-Type": "text/plain;charset=UTF-8"}, BODY),
}


async def test_every_way_in_leads_to_the_same_item(relay):
    with httpx2.Client(base_url=relay.url, follow_redirects=False) as client:
        for name, (path, headers, body) in ACCEPTED.items():
            answer = client.post(path, headers=headers, content=body)
            assert (answer.status_code, answer.json()) == (200, {"id": ID}), name
            assert answer.headers["access-control-allow-origin"] == "*"

        def chunks():
            yield BODY[:7]
            yield BODY[7:]

        assert client.post("/api/42/envelope/", headers=auth(), content=chunks()).json() == {"id": ID}
    items = await relay.items()
    assert len(items) == len(ACCEPTED) + 1
    assert {(item.payload, item.meta.event_id, item.meta.project, item.meta.key_id) for item in items} == {
        (EVENT, ID, 42, "main")
    }
    assert relay.stop() == 0
    assert await relay.outcomes() == {}


async def test_the_envelopes_event_id_wins_and_an_event_without_one_gets_one(relay):
    hyphenated = "0f0e0d0c-0b0a-4908-8706-050403020100"
    with httpx2.Client(base_url=relay.url, headers=auth()) as client:
        body = envelope(("event", EVENT), header=b'{"event_id":"%s"}' % hyphenated.encode())
        assert client.post("/api/42/envelope/", content=body).json() == {"id": hyphenated.replace("-", "")}
        made_up = client.post("/api/42/store/", content=b"{}").json()["id"]
    assert {item.meta.event_id for item in await relay.items()} == {hyphenated.replace("-", ""), made_up}
    assert len(made_up) == 32


async def test_what_the_relay_knows_travels_with_the_item(relay):
    header = b'{"sent_at":"2026-11-23T10:00:00Z"}'
    words = {"User-Agent": "agent/1", "X-Forwarded-For": "192.0.2.1", "Content-Type": "text/x"}
    body = header + b'\n{"type":"event","content_type":"application/json"}\n{}\n'
    httpx2.post(f"{relay.url}/api/42/envelope/", headers=auth() | words, content=body)
    (item,) = await relay.items()
    meta = item.meta
    assert (meta.sdk, meta.user_agent, meta.sent_at) == ("test/1.0", "agent/1", "2026-11-23T10:00:00Z")
    assert (meta.client_address, meta.content_type, meta.maybe_duplicate) == ("127.0.0.1", "text/x", False)
    assert meta.received_at > 1_700_000_000_000_000


@pytest.mark.parametrize("odd", [b"NaN", b"-Infinity", b'"\\ud800"', b'"\\u0000"', b"1180591620717411303424"])
async def test_json_as_clients_really_write_it_is_kept(relay, odd):
    assert httpx2.post(f"{relay.url}/api/42/store/", headers=auth(), content=b'{"extra":{"x":%s}}' % odd).is_success
    assert odd in (await relay.items())[0].payload


async def test_a_browser_may_send_whatever_it_asks_for(relay):
    answer = httpx2.options(
        f"{relay.url}/api/42/envelope/", headers={"Access-Control-Request-Headers": "x-sentry-auth,x-of-my-own"}
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST, GET, OPTIONS"
    assert answer.headers["access-control-allow-headers"].startswith("x-sentry-auth,x-of-my-own, ")
    assert answer.headers["access-control-max-age"] == "3600"


async def test_other_methods_and_paths_get_an_answer_with_cors(relay):
    for answer in (httpx2.get(f"{relay.url}/"), httpx2.put(f"{relay.url}/api/42/envelope/", content=b"x")):
        assert answer.status_code == 404
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_changed_configuration_is_taken_up_and_a_broken_one_is_not(relay, wait_until):
    project = relay.folder / "config" / "projects" / "shop.yaml"
    good = project.read_text()
    project.write_text(good.replace(KEY, "c" * 32))
    url = f"{relay.url}/api/42/store/"
    await wait_until(lambda: httpx2.post(url, headers=auth("c" * 32), content=b"{}").status_code == 200)
    assert httpx2.post(url, headers=auth(), content=b"{}").status_code == 403
    project.write_text("id: [")
    await wait_until(lambda: relay.metric("errata_config_broken") == 1)
    assert httpx2.post(url, headers=auth("c" * 32), content=b"{}").status_code == 200
    assert httpx2.get(f"{relay.url}/health/ready").json()["impaired"] == ["config"]
    assert "shop.yaml" in relay.log.read_text()
