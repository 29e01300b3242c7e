"""What the tracker's tests need of a real Kafka and Redis: topics, events, trackers that are started again, and what came out."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition
from tests.waiting import eventually

from errata.contracts.ids import group_hash
from errata.contracts.messages import (
    Alert,
    Command,
    CommandAction,
    IssueState,
    Level,
    ProcessedEvent,
    Transition,
    encode,
)
from errata.contracts.origin import Origin
from errata.contracts.times import now
from errata.contracts.topics import ALERTS, COMMANDS, EVENTS, ISSUES, TRANSITIONS
from errata.issues.record import IssueRecord, decode_record
from errata.stores.kafka.connection import connection_options, idempotent_producer
from errata.stores.kafka.topics import make_topics
from errata.stores.redis.connection import connect
from errata_tracker.settings import TrackerSettings

ROOT = Path(__file__).resolve().parents[3]
PROJECT = "id: 1\nslug: shop\nkeys: [{id: web, public: 0123456789abcdef0123456789abcdef}]\n"
CONDITION = "sentry.rules.conditions."
NOBODY = "http://127.0.0.1:9/errata"
KINDS = {TRANSITIONS: Transition, ALERTS: Alert, ISSUES: IssueState}

FIRST_SEEN = {
    "name": "New",
    "conditions": [{"id": CONDITION + "first_seen_event.FirstSeenEventCondition"}],
    "frequency": 0,
}
REGRESSION = {"name": "Back", "conditions": [{"id": CONDITION + "regression_event.RegressionEventCondition"}]}


def frequency(value: int, interval: str = "1h", **more: Any) -> dict[str, Any]:
    condition = {"id": CONDITION + "event_frequency.EventFrequencyCondition", "value": value, "interval": interval}
    return {"name": "Often", "conditions": [condition], "frequency": 1440} | more


def issue(number: int | str) -> str:
    """Give the id of an issue by number."""
    return group_hash(1, (f"group {number}",))


def event(number: int | str, **fields: Any) -> ProcessedEvent:
    """Give an event of the numbered issue, received now unless said otherwise."""
    received_at = fields.pop("received_at", now())
    event_id = uuid.uuid4().hex
    return ProcessedEvent(
        **{
            "project": 1,
            "event_id": event_id,
            "group_hash": issue(number),
            "fingerprint": (f"group {number}",),
            "grouping_version": "v1",
            "origin": Origin(generation=1, partition=0, offset=0, index=0, items=1),
            "received_at": received_at,
            "timestamp": received_at,
            "level": Level.ERROR,
            "platform": "python",
            "title": f"Error {number}",
            "payload": msgspec.Raw(b'{"event_id":"%s","message":"\\u00e9"}' % event_id.encode()),
        }
        | fields
    )


def command(number: int | str, action: CommandAction, in_release: str = "") -> Command:
    return Command(
        id=uuid.uuid4().hex,
        project=1,
        issue_id=issue(number),
        action=action,
        by="alex",
        at=now(),
        in_release=in_release,
    )


def without_clickhouse(kafka: str, redis: str, prefix: str) -> dict[str, str]:
    """Give the environment of a tracker that finds no ClickHouse: it needs none as long as Redis keeps what it has."""
    return {
        "ERRATA_KAFKA": kafka,
        "ERRATA_REDIS": redis,
        "ERRATA_TOPIC_PREFIX": prefix,
        "ERRATA_CLICKHOUSE": NOBODY,
    }


class Rig:
    """A set of topics with trackers on them."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], rules: Iterable[dict[str, Any]], *, partitions: int = 4
    ) -> None:
        self.folder = folder
        self.partitions = partitions
        (folder / "config" / "projects").mkdir(parents=True)
        (folder / "config" / "alerts").mkdir()
        (folder / "config" / "projects" / "shop.yaml").write_text(PROJECT)
        self.write_rules(rules)
        own = {"ERRATA_CONFIG": str(folder / "config"), "ERRATA_PARTITIONS": str(partitions)}
        self.environment = dict(environment) | own
        self.settings = TrackerSettings(
            **{name.removeprefix("ERRATA_").lower(): value for name, value in self.environment.items()}
        )
        self.redis = connect(self.settings.redis)
        self.trackers: dict[str, subprocess.Popen[bytes]] = {}
        self.exits: list[tuple[str, int]] = []
        self._services: dict[str, str] = {}
        self._environments: dict[str, dict[str, str]] = {}

    def write_rules(self, rules: Iterable[dict[str, Any]]) -> None:
        path = self.folder / "config" / "alerts" / "shop.json"
        path.with_suffix(".new").write_text(json.dumps(list(rules)))
        path.with_suffix(".new").replace(path)

    def topic(self, name: str) -> str:
        return self.settings.topic_prefix + name

    async def make_topics(self) -> None:
        await make_topics(self.settings)

    def start(self, name: str, *, service: str = "errata_tracker", **environment: str) -> None:
        self._services[name] = service
        settings = {f"ERRATA_{key.upper()}": value for key, value in environment.items()}
        self._environments[name] = dict(os.environ) | self.environment | settings
        self._spawn(name)

    def start_writer(self) -> None:
        self.start("writer", service="errata_writer", instance="writer", secret="of the tests alone")

    def _spawn(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.trackers[name] = subprocess.Popen(
                [sys.executable, "-m", self._services[name]],
                cwd=ROOT,
                env=self._environments[name],
                stderr=log,
                stdout=log,
            )

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def log_of(self, name: str) -> Callable[[], Awaitable[str]]:
        """Give a question for `eventually`: what a tracker has logged by now."""

        async def ask() -> str:
            return self.log(name)

        return ask

    async def supervise(self) -> None:
        """Start again whatever ends, until cancelled; `exits` says who ended and how."""
        while True:
            await asyncio.sleep(0.1)
            for name, tracker in list(self.trackers.items()):
                if tracker.poll() is not None:
                    self.exits.append((name, tracker.returncode))
                    self._spawn(name)

    async def end(self, name: str) -> int:
        """Ask a tracker to stop; give its exit status."""
        tracker = self.trackers.pop(name)
        tracker.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(tracker.wait, 20)

    async def close(self) -> None:
        for tracker in self.trackers.values():
            tracker.send_signal(signal.SIGCONT)
            tracker.kill()
            tracker.wait()
        await self.redis.aclose()

    async def produce(self, events: Iterable[ProcessedEvent], *, rate: float = 0) -> None:
        """Send events; `rate` is events a second."""
        producer = idempotent_producer(self.settings)
        await producer.start()
        begun = time.monotonic()
        futures = []
        for number, each in enumerate(events):
            if rate:
                await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
                each = msgspec.structs.replace(each, received_at=now())  # noqa: PLW2901
            futures.append(await producer.send(self.topic(EVENTS), encode(each), key=each.group_hash.encode()))
        await asyncio.gather(*futures)
        await producer.stop()

    async def send(self, topic: str, *records: tuple[str, bytes]) -> None:
        """Send records, each with its key."""
        producer = idempotent_producer(self.settings)
        await producer.start()
        for key, value in records:
            await producer.send_and_wait(self.topic(topic), value, key=key.encode())
        await producer.stop()

    async def command(self, *commands: Command) -> None:
        await self.send(COMMANDS, *((each.issue_id, encode(each)) for each in commands))

    async def read(self, topic: str) -> list[Any]:
        """Give every committed message of a topic, in the order of each partition."""
        consumer = AIOKafkaConsumer(**connection_options(self.settings.kafka), isolation_level="read_committed")
        await consumer.start()
        places = [TopicPartition(self.topic(topic), partition) for partition in range(self.partitions)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        messages = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                messages += [msgspec.json.decode(record.value, type=KINDS[topic]) for record in records]
        await consumer.stop()
        return messages

    async def records(self) -> dict[str, IssueRecord]:
        """Give what Redis holds of each issue, by id."""
        keys = [key async for key in self.redis.scan_iter(f"{self.settings.topic_prefix}*:issue:*")]
        values: Any = await self.redis.mget(keys) if keys else []
        records = [decode_record(value) for value in values if value is not None]
        return {record.issue_id: record for record in records}

    async def counts(self) -> dict[str, int]:
        return {issue_id: record.count for issue_id, record in (await self.records()).items()}

    async def states(self) -> dict[str, IssueState]:
        """Give the last published state of each issue, by id."""
        return {state.issue_id: state for state in await self.read(ISSUES)}

    async def outbox_is_empty(self) -> bool:
        names = [f"{self.settings.topic_prefix}{{{partition}}}:outbox" for partition in range(self.partitions)]
        return not await self.redis.exists(*names)

    async def settle(self, truth: Mapping[str, int], seconds: float) -> None:
        """Wait until Redis holds these counts and every message was sent; assert it."""
        assert await eventually(self.counts, lambda counts: counts == truth, seconds) == truth
        assert await eventually(self.outbox_is_empty, bool, seconds)


def errata(rig: Rig, *arguments: str) -> str:
    """Give what an `errata` command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "errata_cli", *arguments],
        cwd=ROOT,
        env=dict(os.environ) | rig.environment | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return done.stdout + done.stderr
