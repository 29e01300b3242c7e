"""Places in Kafka: where a partition begins, and what a consumer group has committed there."""

from collections.abc import Collection, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import OffsetAndMetadata

from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import connection_options
from errata.stores.redis.partition_state import Position


async def beginning(settings: CommonSettings, consumer: AIOKafkaConsumer, partition: int) -> Position:
    """Give the position of the oldest records there are."""
    events, commands = _pair(settings, partition)
    offsets = await consumer.beginning_offsets([events, commands])
    return Position(settings.generation, offsets[events], offsets[commands])


async def committed(
    settings: CommonSettings, group: str, places: Collection[TopicPartition]
) -> Mapping[TopicPartition, OffsetAndMetadata]:
    """Give what a group has committed; a place where it has not is not in it."""
    admin = AIOKafkaAdminClient(**connection_options(settings.kafka))
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(settings.topic_prefix + group, partitions=places)
    finally:
        await admin.close()
    return {place: offset for place, offset in offsets.items() if offset.offset >= 0}


async def told_position(settings: CommonSettings, group: str, partition: int) -> Position | None:
    """Give the position that a tracker last told Kafka; None when it never told one."""
    events, commands = _pair(settings, partition)
    offsets = await committed(settings, group, [events, commands])
    if events not in offsets or commands not in offsets:
        return None
    return Position(int(offsets[events].metadata), offsets[events].offset, offsets[commands].offset)


def _pair(settings: CommonSettings, partition: int) -> tuple[TopicPartition, TopicPartition]:
    prefix = settings.topic_prefix
    return TopicPartition(prefix + EVENTS, partition), TopicPartition(prefix + COMMANDS, partition)
