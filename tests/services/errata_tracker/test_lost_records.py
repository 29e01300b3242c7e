"""A tracker whose events were deleted before it read them stops, names them, and goes on once an operator skips them."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from tests.services.errata_tracker.rig import Rig, errata, event, issue, without_clickhouse

from errata.contracts.topics import EVENTS
from errata.stores.kafka.topics import admin_client

pytestmark = pytest.mark.stack


@pytest.fixture
async def rig(tmp_path: Path, kafka_url: str, redis_db: str, topic_prefix: str) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path, without_clickhouse(kafka_url, redis_db, topic_prefix), [], partitions=1)
    await rig.make_topics()
    yield rig
    await rig.close()


async def test_lost_events_stop_the_tracker_until_an_operator_skips_them(rig: Rig) -> None:
    rig.start("a", instance="a")
    await rig.produce([event(1)])
    await rig.settle({issue(1): 1}, 20)
    assert await rig.end("a") == 0
    await rig.produce([event(1) for _ in range(5)])
    async with admin_client(rig.settings.kafka) as client:
        await client.delete_records({TopicPartition(rig.topic(EVENTS), 0): RecordsToDelete(before_offset=4)})

    rig.start("a", instance="a")
    assert await asyncio.to_thread(rig.trackers.pop("a").wait, 20) == os.EX_CONFIG
    lost = f"{rig.topic(EVENTS)} partition 0: records 1 to 3 were deleted before they were read"
    assert lost in rig.log("a")

    asked = await asyncio.to_thread(errata, rig, "topics", "skip", "tracker")
    assert lost in asked
    assert "nothing was moved" in asked
    assert "moved 1 positions" in await asyncio.to_thread(errata, rig, "topics", "skip", "tracker", "--yes")
    rig.start("a", instance="a")
    await rig.settle({issue(1): 3}, 20)
