"""Unread records are known to be near their deletion, by the age of the oldest and by the bytes of them all."""

import os

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.structs import OffsetAndMetadata

from errata.contracts.times import now
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, idempotent_producer
from errata.stores.kafka.group_offsets import move
from errata.stores.kafka.log_sizes import log_sizes
from errata.stores.kafka.topics import admin_client
from errata.stores.kafka.unread import Backlog, nearly_deleted

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("backlog", "reached"),
    [
        (Backlog(beginning=0, position=10, end=10, first_young=10, log_bytes=1_000), False),  # all is read
        (Backlog(beginning=0, position=0, end=10, first_young=0, log_bytes=799), False),
        (Backlog(beginning=0, position=0, end=10, first_young=0, log_bytes=800), True),
        (Backlog(beginning=0, position=5, end=10, first_young=0, log_bytes=1_599), False),
        (Backlog(beginning=0, position=5, end=10, first_young=0, log_bytes=1_600), True),
        (Backlog(beginning=90, position=95, end=100, first_young=90, log_bytes=1_600), True),
        (Backlog(beginning=0, position=4, end=10, first_young=5), True),
        (Backlog(beginning=0, position=5, end=10, first_young=5), False),
        (Backlog(beginning=6, position=5, end=10, first_young=6), True),  # too late for some
    ],
)
def test_the_share_of_what_is_unread(backlog, reached):
    assert backlog.reaches(0.8, 1_000) is reached


def test_without_a_bound_of_bytes_none_is_reached():
    assert not Backlog(beginning=0, position=0, end=10, first_young=0, log_bytes=10**15).reaches(0.8, -1)


@pytest.mark.stack
async def test_topics_are_told_of_by_age_and_by_bytes(kafka_url, topic_prefix):
    settings = CommonSettings(kafka=kafka_url, topic_prefix=topic_prefix)
    limits = {"large": {"retention.bytes": "50000"}, "old": {"retention.ms": str(HOUR_MS)}, "fine": {}}
    places = {name: TopicPartition(topic_prefix + name, 1) for name in limits}
    readers = {TopicPartition(topic_prefix + name, number): topic_prefix + "g" for name in limits for number in (0, 1)}
    async with admin_client(kafka_url) as client, consumer(settings, None) as log:
        await client.create_topics([NewTopic(topic_prefix + name, 2, 1, topic_configs=limits[name]) for name in limits])

        async def found() -> set[str]:
            return {name.removeprefix(topic_prefix) for name in await nearly_deleted(log, client, readers, 0.8, now())}

        await move(settings, "g", {places["fine"]: OffsetAndMetadata(0, "")})
        assert await found() == set()
        async with idempotent_producer(settings) as producer:
            for place in places.values():
                times = [now() // 1000 - 50 * 60_000, None] if place == places["old"] else [None] * 50
                for time in times:
                    await producer.send_and_wait(place.topic, os.urandom(1_000), partition=1, timestamp_ms=time)
        assert (await log_sizes(client, readers))[places["large"]] > 50_000
        assert await found() == {"large", "old"}
        await move(settings, "g", {places["large"]: OffsetAndMetadata(20, ""), places["old"]: OffsetAndMetadata(1, "")})
        assert await found() == set()
