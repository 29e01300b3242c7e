"""A bounded, steady stream of envelopes to a relay, over keep-alive connections, for fault tests and benchmarks.

Written on bare streams since it shares two cores with what it measures: 25-30 us an event, sent and answered.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.load.loadset import Copy, envelope


@dataclass
class Sent:
    """What became of everything that was sent."""

    accepted: dict[str, float] = field(default_factory=dict)
    """Event id -> the time (seconds since 1970) of its answer 200."""
    templates: dict[str, int] = field(default_factory=dict)
    """Event id -> which event of the load set it copies, for all that were sent."""
    unanswered: set[str] = field(default_factory=set)
    """Sent, but the connection broke before the answer: stored once or not at all."""
    refused: Counter[int] = field(default_factory=Counter)
    """By status."""
    latencies: list[float] = field(default_factory=list)
    """Seconds from the request's first byte to the whole answer."""

    def add(self, other: "Sent") -> None:
        """Take in what became of a further stream."""
        self.accepted |= other.accepted
        self.templates |= other.templates
        self.unanswered |= other.unanswered
        self.refused += other.refused
        self.latencies += other.latencies


class Sender:
    """Sends to one relay under one key."""

    def __init__(self, host: str, port: int, *, project: int, key: str, connections: int = 32) -> None:
        self.address = (host, port)
        self.connections = connections
        self._head = (
            f"POST /api/{project}/envelope/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-sentry-envelope\r\n"
            f"X-Sentry-Auth: Sentry sentry_key={key}, sentry_version=7, sentry_client=load/1.0\r\nContent-Length: "
        ).encode()

    async def send(self, copies: Iterator[Copy], *, count: int, rate: float) -> Sent:
        """Send `count` events at `rate` a second (0: as fast as answers come); end when all are answered.

        A connection that breaks is opened again; what was on it is counted as unanswered, and goes on.
        """
        sent = Sent()
        started = time.monotonic()
        left = iter(range(count))

        async def connection() -> None:
            streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
            for number in left:
                if rate:
                    await asyncio.sleep(max(0.0, started + number / rate - time.monotonic()))
                copy = next(copies)
                sent.templates[copy.event_id] = copy.template
                body = envelope(copy)
                begun = time.perf_counter()
                try:
                    streams = streams or await asyncio.open_connection(*self.address)
                    streams[1].write(self._head + b"%d\r\n\r\n" % len(body) + body)
                    status = await asyncio.wait_for(_answer(streams[0]), 60)
                except (OSError, asyncio.IncompleteReadError, TimeoutError):
                    sent.unanswered.add(copy.event_id)
                    if streams:
                        streams[1].close()
                    streams = None
                    await asyncio.sleep(0.1)
                    continue
                if status == 200:
                    sent.accepted[copy.event_id] = time.time()
                    sent.latencies.append(time.perf_counter() - begun)
                else:
                    sent.refused[status] += 1
            if streams:
                streams[1].close()

        await asyncio.gather(*(connection() for _ in range(self.connections)))
        return sent


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    at = head.lower().find(b"content-length:")
    length = int(head[at + 15 : head.index(b"\r\n", at)]) if at >= 0 else 0
    await reader.readexactly(length)
    return int(head[9:12])
