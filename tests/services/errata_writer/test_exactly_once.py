"""Whoever dies or hangs, and when: every record is in ClickHouse exactly once, roll-ups included."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.services.errata_chdb.front import FrontProcess
from tests.services.errata_writer.builders import event
from tests.services.errata_writer.rig import Rig

from errata.contracts.messages import encode
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.migrate import create_database, migrate
from errata.stores.kafka.connection import idempotent_producer

pytestmark = pytest.mark.stack

# The short form, a few seconds each; ERRATA_TEST_EVENTS=60000 is the long one.
EVENTS = int(os.environ.get("ERRATA_TEST_EVENTS", "4000"))


@pytest.fixture
def front(tmp_path: Path) -> Iterator[FrontProcess]:
    process = FrontProcess(tmp_path)
    yield process
    process.stop()


@pytest.fixture
async def clickhouse(front: FrontProcess) -> AsyncIterator[ClickHouse]:
    address = front.url + "/errata"
    await create_database(address)
    client = await ClickHouse.connect(address)
    await migrate(client, lambda _migration: None)
    yield client
    await client.close()


@pytest.fixture
async def rig(kafka_url: str, front: FrontProcess, topic_prefix: str) -> AsyncIterator[Rig]:
    rig = Rig({"ERRATA_KAFKA": kafka_url, "ERRATA_CLICKHOUSE": front.url + "/errata", "ERRATA_TOPIC_PREFIX": topic_prefix, "ERRATA_LOG_LEVEL": "warning"})  # fmt: skip
    await rig.make_topics()
    yield rig
    rig.stop()


async def test_kills_of_the_writer_and_of_clickhouse(rig: Rig, front: FrontProcess, clickhouse: ClickHouse) -> None:
    draw = random.Random(1)
    rig.start("writer", instance="writer", batch_wait_ms="100", batch_rows="300")
    sending = asyncio.create_task(rig.send(EVENTS, seconds=EVENTS / 600))
    for turn in range(EVENTS // 1_000):
        await asyncio.sleep(0.7 + draw.random())
        if turn % 3 == 2:
            front.kill()
            await asyncio.to_thread(front.restart)
        else:
            rig.kill("writer")
        rig.keep_running()
    await sending
    await rig.settled(clickhouse)
    await rig.check(clickhouse)


async def test_a_writer_paused_beyond_its_session_lands_nothing_more(rig: Rig, clickhouse: ClickHouse) -> None:
    # It is nearly always paused while its batch fills, so what it does first when it goes on is to insert that batch.
    rig.start("paused", session_seconds="6", batch_wait_ms="3000")
    rig.start("other", session_seconds="6", batch_wait_ms="50")
    enough = asyncio.Event()
    sending = asyncio.create_task(_keep_sending(rig, enough))
    for _ in range(3):
        await _taken_over(clickhouse, partitions=24)
        rig.pause("paused")
        await _taken_over(clickhouse, partitions=24, by_one=True)
        rig.resume("paused")
        await asyncio.sleep(2)
        rig.keep_running()
        if rig.ended:
            break
    enough.set()
    await sending
    await rig.settled(clickhouse)
    await rig.check(clickhouse)
    assert rig.ended == [("paused", 70)]


async def _keep_sending(rig: Rig, enough: asyncio.Event) -> None:
    while not enough.is_set():
        await rig.send(200, seconds=0.5)


async def _taken_over(clickhouse: ClickHouse, *, partitions: int, by_one: bool = False) -> None:
    """Wait until so many partitions are in the hands of two writers, or of one."""
    holders = "SELECT tupleElement(max((epoch, owner)), 2) AS holder FROM fences GROUP BY topic, partition_"
    wanted = [(partitions, 1 if by_one else 2)]
    async with asyncio.timeout(60):
        while await clickhouse.rows(f"SELECT count(), uniqExact(holder) FROM ({holders})") != wanted:
            await asyncio.sleep(0.2)
    await asyncio.sleep(1)


async def test_writers_that_come_and_go_fence_nobody(rig: Rig, clickhouse: ClickHouse) -> None:
    rig.start("first", batch_wait_ms="50")
    enough = asyncio.Event()
    sending = asyncio.create_task(_keep_sending(rig, enough))
    await _taken_over(clickhouse, partitions=24, by_one=True)
    rig.start("second", batch_wait_ms="300")
    await _taken_over(clickhouse, partitions=24)
    assert await asyncio.to_thread(rig.end, "second") == 0
    await _taken_over(clickhouse, partitions=24, by_one=True)
    enough.set()
    await sending
    await rig.settled(clickhouse)
    await rig.check(clickhouse)
    assert rig.ended == []


async def test_records_that_cannot_be_stored_stop_nothing(rig: Rig, clickhouse: ClickHouse) -> None:
    producer = idempotent_producer(rig.settings)
    await producer.start()
    values = [encode(event(number)) for number in range(50)]
    values[7] = b"no message"
    values[21] = values[21].replace(b'"group_hash":"', b'"group_hash":"far too long for the column ')
    values[22] = values[22].replace(b'"project":', b'"project":-')
    for value in values:
        await producer.send_and_wait(rig.settings.topic_prefix + "events", value, partition=0)
    await producer.stop()
    rig.sent = 47
    rig.start("writer", instance="writer")
    await rig.settled(clickhouse)
    await rig.until(clickhouse, "SELECT count() FROM outcomes", 3)
    bad = await clickhouse.rows("SELECT offset_, outcome, source FROM outcomes WHERE topic = 'events' ORDER BY offset_")
    assert bad == [(7, "invalid", "writer"), (21, "invalid", "writer"), (22, "invalid", "writer")]
    assert await clickhouse.rows("SELECT count() FROM events") == [(47,)]
    assert rig.ended == []
