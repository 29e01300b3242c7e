"""Hostile requests: never a fault of ours, each ends in exactly one place, and memory stays bounded.

How long they take is shown by `make bench-relay`.
"""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
import psutil
import pytest
from tests.services.errata_relay import hostile
from tests.services.errata_relay.hostile import Attack, Raw
from tests.services.errata_relay.running import RunningRelay, auth

pytestmark = pytest.mark.stack

# One body of 20 MiB as it came, decompressed, and what a parser makes of a megabyte; the rest is the allocator's.
MOST_GROWTH = 250_000_000

FAMILIES: dict[str, Callable[..., Iterator[Attack]]] = {
    **{f"bombs in {encoding}": lambda _, encoding=encoding: hostile.bombs(encoding) for encoding in hostile.ENCODINGS},
    "as large as may be": lambda _: hostile.as_large_as_may_be(),
    "odd events": hostile.odd_events,
}


@contextmanager
def bounded_growth(relay: RunningRelay) -> Iterator[None]:
    """See that the process never takes much more than it did."""
    assert relay.process is not None
    process = psutil.Process(relay.process.pid)
    before = process.memory_info().rss
    peak, done = [before], threading.Event()

    def watch() -> None:
        while not done.wait(0.005):
            peak.append(max(peak.pop(), process.memory_info().rss))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
    assert peak[0] - before < MOST_GROWTH


@pytest.mark.parametrize("family", FAMILIES)
async def test_each_ends_in_one_place_in_bounded_memory(relay, shared, family):
    expected = 0
    with httpx2.Client(base_url=relay.url, timeout=30) as client:
        client.post("/api/42/store/", headers=auth(), content=b"{}")
        with bounded_growth(relay):
            for attack in FAMILIES[family](shared):
                answer = client.post(attack.path, headers=attack.headers, content=attack.body)
                assert answer.status_code < 500, attack.name
                assert answer.headers["access-control-allow-origin"] == "*", attack.name
                expected += attack.endings
    assert relay.stop() == 0
    outcomes = await relay.outcomes()
    kept = len(await relay.all_items()) - 1
    assert sum(outcomes.values()) + kept == expected, (outcomes, kept)


def send(port: int, raw: Raw) -> bytes:
    """Send the pieces as far as the server takes them; give what it says, if anything."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        try:
            for piece in raw.pieces:
                connection.sendall(piece)
                time.sleep(0.02)
            return connection.recv(65_536)
        except ConnectionError:
            return b""


async def test_what_is_odd_on_the_wire_is_counted_once_in_bounded_memory(start_relay):
    relay = start_relay(body_timeout_seconds=0.5, head_timeout_seconds=0.5)
    expected: Counter[str] = Counter()
    with bounded_growth(relay):
        for raw in hostile.on_the_wire():
            answer = send(relay.port, raw)
            assert answer[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 413"}, raw.name
            assert not answer or b"\r\naccess-control-allow-origin: *\r\n" in answer, raw.name
            expected[raw.reason.value] += 1
    assert relay.stop() == 0
    counted: Counter[str] = Counter()
    for (_, reason, *_), quantity in (await relay.outcomes()).items():
        counted[reason] += quantity
    assert counted == expected
    assert await relay.all_items() == []
