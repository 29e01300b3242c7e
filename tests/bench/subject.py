"""One installation under load: events sent and followed until they are stored and tracked, alerts timed."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
import msgspec
from tests.bench.usage import Usages, Watch
from tests.load.installation import KEY, PROJECT, Installation
from tests.load.loadset import Copy, LoadSet
from tests.load.sender import Sender, Sent

from errata.contracts import topics
from errata.contracts.messages import Alert
from errata.stores.kafka.connection import consumer, started

# An alert for each event with the tag `probe`, so that latency is measured on a few events among many.
PROBES: list[dict[str, Any]] = [
    {
        "id": "probe",
        "name": "Probe",
        "frequency": 0,
        "conditions": [{"id": "sentry.rules.conditions.every_event.EveryEventCondition"}],
        "filters": [
            {"id": "sentry.rules.filters.tagged_event.TaggedEventFilter", "key": "probe", "match": "eq", "value": "1"}
        ],
        "actions": [],
    }
]
_PROBES_PER_SECOND = 20
_DRAIN_SECONDS = 300.0


@dataclass
class Run:
    """One run of the load: what came of it."""

    name: str
    events: int
    accept_seconds: float
    total_seconds: float
    until_accepted: Usages
    until_processed: Usages
    sent: Sent

    @property
    def accepted_per_second(self) -> float:
        """Events answered with success a second."""
        return self.events / self.accept_seconds

    @property
    def processed_per_second(self) -> float:
        """Events stored and tracked a second, from the first one sent to the last one done."""
        return self.events / self.total_seconds


class Subject:
    """An installation that is measured again and again."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.load = LoadSet()
        self.sender = Sender("127.0.0.1", installation.relay_port, project=PROJECT, key=KEY, connections=64)
        self.settings = installation.settings
        address = urlsplit(self.settings.clickhouse)
        self.clickhouse = clickhouse_connect.get_client(
            host=address.hostname, port=address.port, database=address.path.strip("/")
        )
        self.stored = 0

    async def run(self, name: str, events: int, *, hot_share: float = 0) -> Run:
        """Send events as fast as they are accepted, and wait until each is stored and tracked."""
        watch, begun = Watch(self.installation), time.monotonic()
        sent = await self.sender.send(self.load.copies(hot_share=hot_share), count=events, rate=0)
        accept_seconds, until_accepted = time.monotonic() - begun, watch.read()
        if len(sent.accepted) != events:
            raise SystemExit(f"{name}: {len(sent.accepted)} of {events} accepted, refused: {dict(sent.refused)}")
        self.stored += events
        await self._drained()
        return Run(name, events, accept_seconds, time.monotonic() - begun, until_accepted, watch.read(), sent)

    async def latencies(self, seconds: float, rate: float) -> list[float]:
        """Send at a steady rate with probes among the events; give each probe's seconds from receipt to alert."""
        every = max(1, round(rate / _PROBES_PER_SECOND))
        async with self._alerts() as seen:
            count = int(rate * seconds)
            await self.sender.send(_with_probes(self.load.copies(), every), count=count, rate=rate)
            self.stored += count
            await self._drained()
            await asyncio.sleep(1)
        if not seen:
            raise SystemExit("no probe came back as an alert")
        return sorted(seen)

    async def _drained(self) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        for stored in ("SELECT count() FROM events", "SELECT sum(count) FROM issues FINAL"):
            while self._count(stored) < self.stored:
                if time.monotonic() > deadline:
                    raise SystemExit("the pipeline did not drain")
                await asyncio.sleep(0.1)

    def _count(self, sql: str) -> int:
        return int(self.clickhouse.query(sql).result_rows[0][0] or 0)

    @asynccontextmanager
    async def _alerts(self) -> AsyncIterator[list[float]]:
        async with started(consumer(self.settings, None, auto_offset_reset="latest")) as reader:
            reader.subscribe([self.settings.topic_prefix + topics.ALERTS])
            while not reader.assignment():
                await asyncio.sleep(0.05)
            for partition in reader.assignment():
                await reader.position(partition)
            seen: list[float] = []

            async def read() -> None:
                async for record in reader:
                    alert = msgspec.json.decode(record.value, type=Alert)
                    seen.append(time.time() - alert.fired_at / 1e6)

            task = asyncio.create_task(read())
            try:
                yield seen
            finally:
                task.cancel()


def _with_probes(copies: Iterator[Copy], every: int) -> Iterator[Copy]:
    for number, copy in enumerate(copies):
        if number % every:
            yield copy
        else:
            yield copy._replace(body=b'{"tags":{"probe":"1"},' + _without_tags(copy.body)[1:])


def _without_tags(body: bytes) -> bytes:
    """Give the event with its own tags under another name: a key twice would hide the probe's."""
    return body.replace(b'"tags":', b'"tags_before":', 1)


def percentile(ordered: list[float], share: float) -> float:
    """Give the value below which this share of an ordered list lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
