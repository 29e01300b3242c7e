"""Places in Kafka: where a partition begins, and what a consumer group has committed there."""

from aiokafka import AIOKafkaConsumer, TopicPartition

from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.group_offsets import committed
from errata.stores.redis.partition_state import Position


async def beginning(settings: CommonSettings, consumer: AIOKafkaConsumer, partition: int) -> Position:
    """Give the position of the oldest records there are."""
    events, commands = _pair(settings, partition)
    offsets = await consumer.beginning_offsets([events, commands])
    return Position(settings.generation, offsets[events], offsets[commands])


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
