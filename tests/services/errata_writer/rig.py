"""What the writer's tests need of real servers: topics, messages that keep coming, writers that die and come back."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

from tests.services.errata_writer.builders import RECEIVED_AT, event, item
from tests.waiting import eventually

from errata.contracts.messages import Outcome, encode
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import ItemFormat, encode_pack
from errata.stores.clickhouse.client import Away, ClickHouse
from errata.stores.kafka.connection import transactional_producer
from errata.stores.kafka.topics import make_topics
from errata_writer.settings import WriterSettings

PARTITIONS = 4
_BATCH = 100


class Rig:
    """Topics of a test's own with writers on them. Writers are started again when they end, as a supervisor would."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment) | {"ERRATA_PARTITIONS": str(PARTITIONS), "ERRATA_SECRET": "0" * 32}
        self.settings = WriterSettings(
            **{name.removeprefix("ERRATA_").lower(): value for name, value in self.environment.items()}
        )
        self.writers: dict[str, subprocess.Popen[bytes]] = {}
        self.ended: list[tuple[str, int]] = []
        self.sent = 0
        self._numbers: dict[str, dict[str, str]] = {}

    async def make_topics(self) -> None:
        await make_topics(self.settings)

    def start(self, name: str, **environment: str) -> None:
        """Start a writer; further settings by their names."""
        self._numbers[name] = {f"ERRATA_{key.upper()}": value for key, value in environment.items()}
        self.writers[name] = subprocess.Popen(
            [sys.executable, "-m", "errata_writer"], env=os.environ | self.environment | self._numbers[name]
        )

    def keep_running(self) -> None:
        """Start those again that ended."""
        for name, process in self.writers.items():
            if (status := process.poll()) is not None:
                self.ended.append((name, status))
                environment = os.environ | self.environment | self._numbers[name]
                self.writers[name] = subprocess.Popen([sys.executable, "-m", "errata_writer"], env=environment)

    def kill(self, name: str) -> None:
        self.writers[name].kill()
        self.writers[name].wait()

    def pause(self, name: str) -> None:
        self.writers[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self.writers[name].send_signal(signal.SIGCONT)

    def end(self, name: str) -> int:
        """Ask a writer to stop, for good; give its exit status."""
        process = self.writers.pop(name)
        process.terminate()
        return process.wait(timeout=30)

    def stop(self) -> None:
        for process in self.writers.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.writers.values():
            process.wait(timeout=30)

    async def send(self, count: int, *, seconds: float = 0) -> None:
        """Publish events, and an outcome and a session for each tenth, over some time, in transactions; some abort."""
        topic = self.settings.topic_prefix
        producer = transactional_producer(self.settings, "rig", linger_ms=0)
        await producer.start()
        started, first = time.monotonic(), self.sent
        while self.sent < first + count:
            numbers = range(self.sent, min(self.sent + _BATCH, first + count))
            for aborts in (True, False) if self.sent // _BATCH % 5 == 0 else (False,):
                await producer.begin_transaction()
                sends = [
                    await producer.send(topic + "events", encode(event(number)), key=b"%d" % (number % 20))
                    for number in numbers
                ]
                sends += [
                    await producer.send(topic + "outcomes", outcome(number), key=b"1") for number in numbers[::10]
                ]
                await asyncio.gather(*sends)
                await (producer.abort_transaction() if aborts else producer.commit_transaction())
            await producer.begin_transaction()
            await producer.send_and_wait(topic + "ingest-sessions", sessions(numbers[::10]))
            await producer.commit_transaction()
            self.sent += len(numbers)
            await asyncio.sleep(max(0, started + seconds * (self.sent - first) / count - time.monotonic()))
        await producer.stop()

    async def settled(self, clickhouse: ClickHouse, *, seconds: float = 60) -> None:
        """Wait until every event is there (at least once), keeping writers running."""
        deadline = time.monotonic() + seconds
        there = -1
        while there < self.sent:
            assert time.monotonic() < deadline, f"{there} of {self.sent} events landed; writers ended {self.ended}"
            self.keep_running()
            await asyncio.sleep(0.3)
            try:
                ((there,),) = await clickhouse.rows("SELECT uniqExact(event_id) FROM events")
            except Away:
                there = -1

    async def until(self, clickhouse: ClickHouse, sql: str, wanted: int, *, seconds: float = 30) -> None:
        """Wait until a count is reached, and assert that it is not exceeded."""
        assert await eventually(lambda: clickhouse.rows(sql), lambda rows: rows[0][0] >= wanted, seconds) == [(wanted,)]

    async def check(self, clickhouse: ClickHouse) -> None:
        """Assert that everything sent is there exactly once, and that the roll-ups agree with the rows."""
        tenth = len(range(0, self.sent, 10))
        await self.until(clickhouse, "SELECT uniqExact(event_id) FROM outcomes WHERE topic = 'outcomes'", tenth)
        await self.until(clickhouse, "SELECT uniqExact(sid) FROM sessions", tenth)
        counts = {
            "events": "SELECT count(), uniqExact(event_id), uniqExact(partition_, offset_) FROM events",
            "outcomes": "SELECT count(), uniqExact(event_id), uniqExact(partition_, offset_) FROM outcomes WHERE topic = 'outcomes'",
            "sessions": "SELECT count(), uniqExact(sid), uniqExact(partition_, offset_, row_) FROM sessions",
        }
        found = {name: (await clickhouse.rows(sql))[0] for name, sql in counts.items()}
        assert found == {"events": (self.sent,) * 3, "outcomes": (tenth,) * 3, "sessions": (tenth,) * 3}
        rollup = "SELECT project, group_hash, environment, release, hour, count(), uniqCombinedIf(user, notEmpty(user)) FROM events GROUP BY ALL ORDER BY ALL"
        assert "per_hour" in str(await clickhouse.rows("EXPLAIN " + rollup))
        assert await clickhouse.rows(rollup) == await clickhouse.rows(rollup, settings={"optimize_use_projections": 0})


def outcome(number: int) -> bytes:
    return encode(
        Outcome(
            outcome=OutcomeKind.FILTERED,
            reason=Reason.IGNORED_TYPE,
            project=1,
            event_id=f"{number:032x}",
            source="processor",
            at=RECEIVED_AT,
        )
    )


def sessions(numbers: range) -> bytes:
    return encode_pack(
        tuple(item(ItemFormat.SENTRY_SESSION, b'{"sid": "%d", "status": "exited"}' % number) for number in numbers)
    )
