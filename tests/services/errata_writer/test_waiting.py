"""What the writer does where it cannot go on as usual: ClickHouse away or short of memory, records deleted unread."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import httpx2
import msgspec
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.structs import OffsetAndMetadata
from prometheus_client.parser import text_string_to_metric_families
from tests.servers import PORTS
from tests.services.errata_chdb.front import FrontProcess
from tests.services.errata_writer.builders import event
from tests.services.errata_writer.rig import Rig
from tests.waiting import eventually

from errata.contracts.groups import WRITER
from errata.contracts.messages import encode
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.migrate import create_database, migrate
from errata.stores.kafka.connection import idempotent_producer, started
from errata.stores.kafka.group_offsets import committed, move
from errata.stores.kafka.topics import admin_client

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontProcess]:
    # The least that the front takes: the engine itself needs most of it.
    process = FrontProcess(tmp_path_factory.mktemp("chdb"), ERRATA_CHDB_MEMORY="300000000")
    yield process
    process.stop()


@pytest.fixture
def address(front: FrontProcess, topic_prefix: str) -> str:
    """Address of a database of the test's own on that front."""
    return f"{front.url}/{topic_prefix.rstrip('.')}"


@pytest.fixture
async def clickhouse(address: str) -> AsyncIterator[ClickHouse]:
    await create_database(address)
    async with await ClickHouse.connect(address) as client:
        await migrate(client, lambda _migration: None)
        yield client


@pytest.fixture
async def rig(kafka_url: str, address: str, topic_prefix: str) -> AsyncIterator[Rig]:
    rig = Rig({"ERRATA_KAFKA": kafka_url, "ERRATA_CLICKHOUSE": address, "ERRATA_TOPIC_PREFIX": topic_prefix, "ERRATA_LOG_LEVEL": "warning"})  # fmt: skip
    await rig.make_topics()
    yield rig
    rig.stop()


async def test_a_batch_too_large_for_clickhouse_lands_in_smaller_ones(rig: Rig, clickhouse: ClickHouse) -> None:
    filler = msgspec.Raw(b'{"filler": "%s"}' % (b"x" * 2_000_000))
    async with started(idempotent_producer(rig.settings)) as producer:
        for number in range(72):
            value = encode(event(number, payload=filler))
            await producer.send_and_wait(rig.settings.topic_prefix + "events", value, partition=0)
    rig.sent = 72
    port = PORTS.pick()
    rig.start("writer", instance="writer", batch_bytes="200000000", batch_wait_ms="2000", admin_port=str(port))
    await rig.settled(clickhouse)
    assert await clickhouse.rows("SELECT count() FROM events") == [(72,)]
    assert metric(port, "errata_writer_retries_total") >= 1
    assert rig.ended == []


async def test_the_lag_grows_while_clickhouse_is_away(rig: Rig, front: FrontProcess, clickhouse: ClickHouse) -> None:
    port = PORTS.pick()
    rig.start("writer", instance="writer", batch_wait_ms="100", admin_port=str(port))
    await rig.send(100)
    await rig.settled(clickhouse)
    front.kill()
    await rig.send(300)
    assert await eventually(lambda: metric(port, "errata_consumer_lag_records", topic="events") >= 300)
    await asyncio.to_thread(front.restart)
    await rig.settled(clickhouse)
    assert await eventually(lambda: metric(port, "errata_consumer_lag_records") == 0)


async def test_lost_records_stop_the_writer_until_an_operator_skips_them(rig: Rig, clickhouse: ClickHouse) -> None:
    rig.start("writer", batch_wait_ms="100")
    await rig.send(100)
    await rig.settled(clickhouse)
    assert await asyncio.to_thread(rig.end, "writer") == 0
    await rig.send(100)
    async with admin_client(rig.settings.kafka) as admin:
        place = TopicPartition(rig.settings.topic_prefix + "outcomes", int(await partition_of_outcomes(clickhouse)))
        await admin.delete_records({place: RecordsToDelete(before_offset=-1)})
    rig.start("writer", batch_wait_ms="100")
    assert await asyncio.to_thread(rig.writers["writer"].wait, 20) == os.EX_CONFIG
    skipped = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "errata_cli", "topics", "skip", "writer", "--yes"],
        env=os.environ | rig.environment,
        capture_output=True,
        text=True,
    )
    assert "moved 1 positions" in skipped.stdout
    rig.start("writer", batch_wait_ms="100")
    await rig.settled(clickhouse)


async def test_a_position_of_topics_that_are_gone_is_none(rig: Rig, clickhouse: ClickHouse) -> None:
    rig.start("writer", batch_wait_ms="100")
    await rig.send(10)
    await rig.settled(clickhouse)
    assert await asyncio.to_thread(rig.end, "writer") == 0
    notes = await committed(rig.settings, WRITER)
    assert {noted.metadata for noted in notes.values()} == {"1"}
    place = next(iter(notes))
    await move(rig.settings, WRITER, {place: OffsetAndMetadata(0, "7")})
    rig.start("writer", batch_wait_ms="100")
    assert await asyncio.to_thread(rig.writers["writer"].wait, 20) == os.EX_CONFIG


async def partition_of_outcomes(clickhouse: ClickHouse) -> int:
    """Give the one partition that holds all outcomes of the rig, which have the same key."""
    ((partition,),) = await clickhouse.rows("SELECT DISTINCT partition_ FROM outcomes WHERE topic = 'outcomes'")
    return int(partition)


def metric(port: int, name: str, **labels: str) -> float:
    """Give the sum of a metric's samples, of those with these labels."""
    text = httpx2.get(f"http://127.0.0.1:{port}/metrics").text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items())
