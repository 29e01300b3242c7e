"""What the processor's tests need of a real Kafka: topics, packs, workers that are started again, and the ledger."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from aiokafka import TopicPartition

from errata.contracts.messages import Outcome, ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.pack import Item, ItemFormat, ItemMeta, encode_pack
from errata.contracts.times import now
from errata.contracts.topics import EVENTS, INGEST, OUTCOMES
from errata.stores.kafka.connection import consumer, idempotent_producer
from errata.stores.kafka.topics import make_topics
from errata_processor.settings import ProcessorSettings

ROOT = Path(__file__).resolve().parents[3]
PROJECT = "id: 1\nslug: shop\nkeys: [{id: web, public: 0123456789abcdef0123456789abcdef}]\n"


class Place(NamedTuple):
    """An item's place in `ingest`."""

    partition: int
    offset: int
    index: int


def item(payload: bytes | None = None, **meta: Any) -> Item:
    """Give an item: a small event of project 1, unless said otherwise."""
    event_id = meta.pop("event_id", uuid.uuid4().hex)
    meta = {"project": 1, "key_id": "web", "received_at": now()} | meta
    body = b'{"event_id":"%s","message":"hello %d","level":"error"}' % (event_id.encode(), hash(event_id) % 7)
    return Item(ItemMeta(ItemFormat.SENTRY_EVENT, event_id=event_id, **meta), body if payload is None else payload)


class Rig:
    """A set of topics with processors on them."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *, partitions: int = 4) -> None:
        self.folder = folder
        self.partitions = partitions
        (folder / "config" / "projects").mkdir(parents=True)
        (folder / "config" / "projects" / "shop.yaml").write_text(PROJECT)
        own = {
            "ERRATA_SECRET": "0" * 32,
            "ERRATA_CONFIG": str(folder / "config"),
            "ERRATA_PARTITIONS": str(partitions),
            "ERRATA_BLOBS": str(folder / "blobs"),
            "ERRATA_ARTIFACT_CACHE": str(folder / "cache"),
        }
        self.environment = dict(environment) | own
        self.settings = ProcessorSettings(
            **{name.removeprefix("ERRATA_").lower(): value for name, value in self.environment.items()}
        )
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.exits: list[tuple[str, int]] = []
        self._commands: dict[str, tuple[list[str], dict[str, str]]] = {}

    def topic(self, name: str) -> str:
        return self.settings.topic_prefix + name

    async def make_topics(self) -> None:
        await make_topics(self.settings)

    def start(self, name: str, main: str = "errata_processor.main:main", **environment: str) -> None:
        """Start a worker; `main` names the function to call."""
        module, function = main.split(":")
        code = f"from {module} import {function}; {function}()"
        environment = {f"ERRATA_{key.upper()}": value for key, value in environment.items()}
        self._commands[name] = ([sys.executable, "-c", code], dict(os.environ) | self.environment | environment)
        self._spawn(name)

    def _spawn(self, name: str) -> None:
        command, environment = self._commands[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.workers[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    async def logged(self, name: str, text: str, *, seconds: float = 30) -> None:
        """Wait until a worker's log says so."""
        async with asyncio.timeout(seconds):
            while text not in self.log(name):
                await asyncio.sleep(0.1)

    def admin(self, name: str) -> str:
        """Give the address of a worker's admin routes."""
        return re.findall(r"running on (http://\S+)", self.log(name))[-1]

    async def supervise(self) -> None:
        """Start again whatever ends, until cancelled; `exits` says who ended and how."""
        while True:
            await asyncio.sleep(0.1)
            for name, worker in list(self.workers.items()):
                if worker.poll() is not None:
                    self.exits.append((name, worker.returncode))
                    self._spawn(name)

    def stop(self) -> None:
        for worker in self.workers.values():
            worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait()

    async def produce(self, packs: Iterable[tuple[Item, ...] | bytes], *, rate: float = 0) -> list[Place]:
        """Send packs, one a record, round robin; give the place of each item. `rate` is packs a second."""
        producer = idempotent_producer(self.settings)
        await producer.start()
        sent = []
        begun = time.monotonic()
        for number, pack in enumerate(packs):
            value = pack if isinstance(pack, bytes) else encode_pack(pack)
            count = 1 if isinstance(pack, bytes) else len(pack)
            sent.append((count, await producer.send(self.topic(INGEST), value, partition=number % self.partitions)))
            if rate:
                await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        records = [(count, await future) for count, future in sent]
        await producer.stop()
        return [Place(record.partition, record.offset, index) for count, record in records for index in range(count)]

    async def read(self, name: str, *, committed: bool = True) -> list[Any]:
        """Give every record of a topic from its beginning to its present end."""
        isolation = "read_committed" if committed else "read_uncommitted"
        places = [TopicPartition(self.topic(name), partition) for partition in range(self.partitions)]
        records = []
        async with consumer(self.settings, None, isolation_level=isolation) as reader:
            reader.assign(places)
            ends = await reader.end_offsets(places)
            for place, beginning in (await reader.beginning_offsets(places)).items():
                reader.seek(place, beginning)
            while places:
                for batch in (await reader.getmany(timeout_ms=100)).values():
                    records += batch
                places = [place for place in places if await reader.position(place) < ends[place]]
        return records

    async def endings(self, *, committed: bool = True) -> Counter[Place]:
        """Give how often each item ended: as event or as outcome."""
        found: Counter[Place] = Counter()
        for name, kind in ((EVENTS, ProcessedEvent), (OUTCOMES, Outcome)):
            for record in await self.read(name, committed=committed):
                origin = msgspec.json.decode(record.value, type=kind).origin
                assert isinstance(origin, Origin)
                found[Place(origin.partition, origin.offset, origin.index)] += 1
        return found

    async def outcomes(self) -> list[Outcome]:
        return [msgspec.json.decode(record.value, type=Outcome) for record in await self.read(OUTCOMES)]

    async def all_ended(self, places: Iterable[Place], *, seconds: float) -> Counter[Place]:
        """Wait until each item has ended at least once; give how often each did.

        Raises:
            TimeoutError: some have not ended in time.

        """
        wanted = set(places)
        until = time.monotonic() + seconds
        while True:
            found = await self.endings()
            if wanted <= found.keys():
                return found
            if time.monotonic() > until:
                raise TimeoutError(f"{len(wanted - found.keys())} of {len(wanted)} items have not ended")
            await asyncio.sleep(0.5)
