"""The audit agrees with a pipeline that lost nothing, and names what was lost or doubled."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from tests.services.errata_writer.builders import event, item
from tests.services.errata_writer.rig import PARTITIONS, Rig, sessions

from errata.contracts import groups
from errata.contracts.messages import Outcome, encode
from errata.contracts.origin import Origin
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import ItemFormat, encode_pack
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.ledger import Ending, Stretch
from errata.stores.kafka.connection import consumer, idempotent_producer, started, transactional_producer
from errata.stores.kafka.topics import admin_client
from errata_cli.audit.judge import compare
from errata_cli.audit.packs import items_of

STRETCH = Stretch("ingest", 1, 3, 0, 10)


def stored(offset: int, index: int, part: int = 0, parts: int = 1, how: str = "stored") -> Ending:
    return Ending(offset, index, part, parts, how)


def names(findings: list[Any]) -> list[str]:
    return [finding.origin for finding in findings]


def test_items_that_ended_once_leave_nothing_to_tell() -> None:
    rows = [stored(4, 0), stored(4, 1, how="filtered"), stored(5, 0, 0, 2), stored(5, 0, 1, 2, how="filtered")]
    assert compare(STRETCH, {4: 2, 5: 1}, rows) == ([], [], [])


def test_what_is_wrong_is_named_by_its_origin() -> None:
    rows = [stored(4, 0), stored(4, 0, how="duplicate"), stored(5, 0, 1, 3), stored(6, 1), stored(7, 0)]
    missing, doubled, unknown = compare(STRETCH, {4: 2, 5: 1, 6: 1}, rows)
    assert names(missing) == ["1-3-4-1-0", "1-3-5-0-0", "1-3-5-0-2", "1-3-6-0-0"]
    assert names(doubled) == ["1-3-4-0-0"]
    assert doubled[0].ended == ("stored", "duplicate")
    assert names(unknown) == ["1-3-6-1-0", "1-3-7-0-0"]


def test_a_pack_is_counted_without_reading_its_items() -> None:
    assert items_of(encode_pack((item(ItemFormat.SENTRY_EVENT, b"{"),) * 3)) == 3
    assert items_of(b"no pack") == 1


class Pipeline(Rig):
    """Stands for relay and processor: publishes packs, and what becomes of their items."""

    async def publish(self, packs: int) -> None:
        prefix = self.settings.topic_prefix
        relay, producer = idempotent_producer(self.settings), transactional_producer(self.settings, "pipeline")
        await relay.start()
        await producer.start()
        ends: dict[int, int] = {}
        number = 0
        for pack in range(packs):
            items = 1 + pack % 4
            value = encode_pack((item(ItemFormat.SENTRY_EVENT, b"{}"),) * items)
            place = await relay.send_and_wait(prefix + "ingest", value)
            async with producer.transaction():
                ends[place.partition] = place.offset + 1
                for index in range(items):
                    origin = Origin(
                        generation=1, partition=place.partition, offset=place.offset, index=index, items=items
                    )
                    number += 1
                    if number % 7 == 0:
                        ended = Outcome(outcome=OutcomeKind.FILTERED, reason=Reason.IGNORED_TYPE, source="processor", at=1_795_436_400_000_000, origin=origin)  # fmt: skip
                        await producer.send(prefix + "outcomes", encode(ended))
                    else:
                        await producer.send(prefix + "events", encode(event(number, origin=origin)))
        async with producer.transaction():
            await producer.send_and_wait(prefix + "ingest-sessions", sessions(range(40)))
        await producer.stop()
        await relay.stop()
        await self.commit(ends)
        self.sent = number - number // 7

    async def commit(self, ends: Mapping[int, int]) -> None:
        """Move the processor's positions in `ingest`."""
        async with started(consumer(self.settings, groups.PROCESSOR)) as reader:
            places = {self.ingest(partition): end for partition, end in ends.items()}
            reader.assign(list(places))
            await reader.commit(places)

    async def send_unread(self, packs: int) -> int:
        """Publish packs in partition 0 that nobody processes; give the offset after the last."""
        async with started(idempotent_producer(self.settings)) as relay:
            for _ in range(packs):
                value = encode_pack((item(ItemFormat.SENTRY_EVENT, b"{}"),))
                place = await relay.send_and_wait(self.settings.topic_prefix + "ingest", value, partition=0)
        return int(place.offset) + 1

    async def delete_ingest(self, partition: int) -> None:
        """Have Kafka delete all that a partition of `ingest` holds, as retention does."""
        async with admin_client(self.settings.kafka) as admin:
            await admin.delete_records({self.ingest(partition): RecordsToDelete(before_offset=-1)})

    def ingest(self, partition: int) -> TopicPartition:
        return TopicPartition(self.settings.topic_prefix + "ingest", partition)

    async def audit(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "errata_cli", "audit", "--json", *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
        )
        return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else {"said": done.stderr}


@pytest.fixture
async def pipeline(kafka_url: str, clickhouse_database: str, topic_prefix: str) -> AsyncIterator[Pipeline]:
    pipeline = Pipeline({"ERRATA_KAFKA": kafka_url, "ERRATA_CLICKHOUSE": clickhouse_database, "ERRATA_TOPIC_PREFIX": topic_prefix, "ERRATA_LOG_LEVEL": "warning"})  # fmt: skip
    await pipeline.make_topics()
    yield pipeline
    pipeline.stop()


@pytest.mark.stack
async def test_the_audit_of_a_whole_pipeline(pipeline: Pipeline, clickhouse: ClickHouse) -> None:
    await pipeline.publish(60)
    pipeline.start("writer", instance="writer")
    await pipeline.settled(clickhouse)

    status, report = await pipeline.audit()
    assert status == 0, report
    ingest, of_sessions = report["ledgers"]
    assert (ingest["packs"], ingest["items"], ingest["stored"]) == (60, 150, 150 - 150 // 7)
    assert ingest["outcomes"] == {"filtered": 150 // 7}
    assert (of_sessions["packs"], of_sessions["items"], of_sessions["stored"]) == (1, 40, 40)

    await clickhouse.command("INSERT INTO events SELECT * FROM events WHERE event_id LIKE '%10' LIMIT 1")
    await clickhouse.command("ALTER TABLE events DELETE WHERE event_id LIKE '%20' SETTINGS mutations_sync = 1")
    await clickhouse.command("ALTER TABLE outcomes DELETE WHERE origin_generation = 1 SETTINGS mutations_sync = 1")
    status, report = await pipeline.audit()
    assert status == 1
    assert len(report["ledgers"][0]["missing"]) == 1 + 150 // 7
    (doubled,) = report["ledgers"][0]["doubled"]
    assert doubled["ended"] == ["stored", "stored"]


@pytest.mark.stack
async def test_what_kafka_deleted_is_missed_when_nobody_had_read_it(pipeline: Pipeline, clickhouse: ClickHouse) -> None:
    await pipeline.publish(60)
    pipeline.start("writer", instance="writer")
    await pipeline.settled(clickhouse)
    for partition in range(PARTITIONS):
        await pipeline.delete_ingest(partition)
    status, report = await pipeline.audit()
    assert (status, report["lost"], report["ledgers"][0]["packs"]) == (0, [], 0)

    end = await pipeline.send_unread(7)
    await pipeline.delete_ingest(0)
    status, report = await pipeline.audit()
    lost = {"group": "processor", "topic": "ingest", "partition": 0, "first": end - 7, "end": end, "records": 7}
    assert (status, report["lost"]) == (1, [lost])

    await pipeline.commit({0: end})
    status, report = await pipeline.audit()
    assert (status, report["lost"]) == (1, [lost | {"first": 0}])


@pytest.mark.stack
async def test_what_has_not_landed_is_not_judged(pipeline: Pipeline, clickhouse: ClickHouse) -> None:  # fmt: skip
    await pipeline.publish(3)
    status, report = await pipeline.audit("--wait", "0.5")
    assert status == 2
    assert "the writer is" in report["said"]
