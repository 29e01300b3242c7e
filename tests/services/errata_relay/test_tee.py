"""Copies for another service: the bytes as they came under another key, and ingestion that never waits for them."""

import asyncio
import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from tests.services.errata_relay.running import KEY, auth, envelope

from errata.config.tee import TeeSettings
from errata.runtime.metrics import RELAY_TEE
from errata_relay import tee as module
from errata_relay.request import Request
from errata_relay.tee import Tee

THEIR_KEY = "9" * 32
BODY = gzip.compress(envelope(("event", b'{"message":"hello"}')))


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """Another service: its address, and what came."""
    came: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append((self.path, {}, b""))
            self.send_response(200)
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/prefix", came
        server.shutdown()


def write_project(folder: Path, url: str, more: str = "") -> None:
    (folder / "config" / "projects").mkdir(parents=True)
    (folder / "config" / "projects" / "shop.yaml").write_text(
        f'id: 42\nslug: shop\nkeys:\n  - {{id: main, public: "{KEY}"}}\n'
        f'tee: {{url: "{url}", key: "{THEIR_KEY}", project: "77"}}\n{more}'
    )


@pytest.mark.stack
async def test_what_arrives_is_sent_on_as_it_came_under_the_other_key(start_relay, tmp_path, service, wait_until):
    url, came = service
    write_project(tmp_path, url)
    relay = start_relay()
    headers = auth() | {"Content-Encoding": "gzip", "User-Agent": "agent/1"}
    assert httpx2.post(f"{relay.url}/api/42/envelope/", headers=headers, content=BODY).status_code == 200
    query = f"?sentry_key={KEY}&sentry_version=7"
    assert httpx2.post(f"{relay.url}/api/42/envelope/{query}", content=b"broken").status_code == 400
    await wait_until(lambda: len(came) == 2)
    (path, sent, body), (other_path, _, other_body) = sorted(came, key=lambda one: len(one[0]))
    assert (path, body) == ("/prefix/api/77/envelope/", BODY)
    assert (sent["content-encoding"], sent["user-agent"]) == ("gzip", "agent/1")
    assert f"sentry_key={THEIR_KEY}" in sent["x-sentry-auth"]
    assert KEY not in str(sent)
    assert (other_path.partition("?")[2], other_body) == (query[1:].replace(KEY, THEIR_KEY), b"broken")
    assert len(await relay.items()) == 1


@pytest.mark.stack
async def test_what_is_above_a_limit_of_ours_is_sent_on_all_the_same(start_relay, tmp_path, service, wait_until):
    url, came = service
    write_project(tmp_path, url, "limits: {rates: [{items: 1, seconds: 3600}]}\n")
    relay = start_relay()
    statuses = [
        httpx2.post(f"{relay.url}/api/42/envelope/", headers=auth() | {"Content-Encoding": "gzip"}, content=BODY)
        for _ in range(4)
    ]
    assert [answer.status_code for answer in statuses] == [200, 429, 429, 429]
    await wait_until(lambda: len(came) == 4)
    assert {body for _, _, body in came} == {BODY}


@pytest.mark.stack
async def test_a_service_that_is_not_there_changes_nothing_and_is_counted(start_relay, tmp_path, wait_until):
    write_project(tmp_path, "http://127.0.0.1:9")
    relay = start_relay()
    for _ in range(3):
        answer = httpx2.post(
            f"{relay.url}/api/42/envelope/", headers=auth() | {"Content-Encoding": "gzip"}, content=BODY
        )
        assert answer.status_code == 200
    await wait_until(lambda: relay.metric("errata_relay_tee_total") == 3)
    assert len(await relay.items()) == 3


def offer(tee: Tee, url: str = "http://127.0.0.1:9", *, path: str = "/api/42/store/", query: str = "") -> None:
    tee.offer(TeeSettings(url=url, key=THEIR_KEY), KEY, Request("GET", path, query, {}, "192.0.2.1", 0), b"")


def told(result: str) -> float:
    return RELAY_TEE.labels(result)._value.get()


async def test_what_waits_is_bounded_by_number_and_by_all_of_its_bytes(monkeypatch):
    before = told("no_room")
    monkeypatch.setattr(module, "_MAX_QUEUED", 3)
    few = Tee()
    for _ in range(5):
        offer(few)
    assert told("no_room") == before + 2
    monkeypatch.setattr(module, "_MAX_QUEUED_BYTES", 100_000)
    small = Tee()
    for _ in range(3):
        offer(small, query="a" * 60_000)
    assert told("no_room") == before + 4


async def test_a_copy_that_cannot_even_be_sent_does_not_end_the_others(service, wait_until):
    url, came = service
    tee, before = Tee(), told("failed")
    sending = asyncio.create_task(tee.run())
    for _ in range(8):
        offer(tee, url, path="/\ud800")
    await wait_until(lambda: told("failed") == before + 8)
    offer(tee, url)
    await wait_until(lambda: len(came) == 1)
    assert not sending.done()
    sending.cancel()
