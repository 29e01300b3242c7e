"""Copies for another service: the bytes as they came under another key, and ingestion that never waits for them."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest
from tests.services.errata_relay.running import KEY, auth, envelope

pytestmark = pytest.mark.stack

THEIR_KEY = "9" * 32
BODY = gzip.compress(envelope(("event", b'{"message":"hello"}')))


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[str, dict[str, str], bytes]]]]:
    """Another service: its address, and what came."""
    came: list[tuple[str, dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
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


def write_project(folder: Path, url: str) -> None:
    (folder / "config" / "projects").mkdir(parents=True)
    (folder / "config" / "projects" / "shop.yaml").write_text(
        f'id: 42\nslug: shop\nkeys:\n  - {{id: main, public: "{KEY}"}}\n'
        f'tee: {{url: "{url}", key: "{THEIR_KEY}", project: "77"}}\n'
    )


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
