"""Records deleted unread are named; groups are moved past them while nobody is in them; lag is true when nothing moves."""

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import RecordsToDelete
from aiokafka.structs import OffsetAndMetadata
from tests.waiting import eventually

from errata.contracts.topics import INGEST
from errata.runtime import metrics
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, idempotent_producer
from errata.stores.kafka.group_offsets import GroupInUseError, committed, move
from errata.stores.kafka.lag import report_lag
from errata.stores.kafka.lost_records import LostRange, LostRecordsError, check_positions, lost_ranges
from errata.stores.kafka.topics import admin_client, make_topics

pytestmark = pytest.mark.stack

PLACE = TopicPartition("events", 3)


@pytest.fixture
async def settings(kafka_url, topic_prefix):
    own = CommonSettings(kafka=kafka_url, topic_prefix=topic_prefix, partitions=2)
    await make_topics(own)
    return own


async def fill(settings, records, deleted=0):
    place = TopicPartition(settings.topic_prefix + INGEST, 0)
    async with idempotent_producer(settings) as producer:
        for _ in range(records):
            await producer.send_and_wait(place.topic, b"x", partition=0)
    if deleted:
        async with admin_client(settings.kafka) as client:
            await client.delete_records({place: RecordsToDelete(before_offset=deleted)})
    return place


async def test_positions_outside_the_log_are_told_and_others_are_not(settings):
    place = await fill(settings, 10, deleted=4)
    empty = TopicPartition(place.topic, 1)
    async with consumer(settings, None) as log:
        assert await lost_ranges(log, {place: 4, empty: 0}) == []
        assert await lost_ranges(log, {place: 10}) == []
        assert await lost_ranges(log, {place: 1, empty: 7}) == [
            LostRange(place, 1, 4, 10),
            LostRange(empty, 7, 0, 0),
        ]
        with pytest.raises(LostRecordsError, match="partition 0: records 1 to 3 were deleted"):
            await check_positions(log, {place: 1, empty: 0})


def test_one_goes_on_at_the_nearest_position_that_can_be_read():
    assert LostRange(PLACE, 1, 4, 10).go_on == 4
    assert LostRange(PLACE, 12, 4, 10).go_on == 10
    assert "beyond the log's end, 10" in str(LostRange(PLACE, 12, 4, 10))


async def test_a_group_is_moved_while_it_is_empty_and_never_under_a_member(settings):
    place = await fill(settings, 3)
    async with consumer(settings, "processor") as member:
        member.subscribe([place.topic])
        while not member.assignment():
            await asyncio.sleep(0.05)
        await member.commit({place: OffsetAndMetadata(1, "begun:2")})
        with pytest.raises(GroupInUseError):
            await move(settings, "processor", {place: OffsetAndMetadata(2, "")})
        assert (await committed(settings, "processor"))[place] == OffsetAndMetadata(1, "begun:2")
    await move(settings, "processor", {place: OffsetAndMetadata(2, "note")})
    assert await committed(settings, "processor", [place]) == {place: OffsetAndMetadata(2, "note")}


async def test_lag_follows_the_log_while_the_consumer_stands_still_and_ends_with_its_ownership(settings):
    place = await fill(settings, 3)
    owned = {place: 1}

    def shown() -> dict[str, float]:
        samples = [sample for metric in metrics.CONSUMER_LAG.collect() for sample in metric.samples]
        return {s.labels["partition"]: s.value for s in samples if s.labels["consumer"] == "still"}

    async def until(expected: dict[str, float]) -> dict[str, float]:
        return await eventually(shown, lambda answer: answer == expected, 5, every=0.05)

    reporting = asyncio.create_task(report_lag("still", settings, lambda: owned, seconds=0.05))
    assert await until({"0": 2}) == {"0": 2}
    await fill(settings, 4)
    assert await until({"0": 6}) == {"0": 6}
    owned.clear()
    assert await until({}) == {}
    reporting.cancel()
