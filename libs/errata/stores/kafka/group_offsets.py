"""What a consumer group has committed: read from outside the group, and moved while the group is empty."""

from collections.abc import Collection, Mapping

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError
from aiokafka.structs import OffsetAndMetadata

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, started
from errata.stores.kafka.topics import admin_client


class GroupInUseError(Exception):
    """The group has members: only they commit its offsets."""


async def committed(
    settings: CommonSettings, group: str, places: Collection[TopicPartition] | None = None
) -> dict[TopicPartition, OffsetAndMetadata]:
    """Give what a group has committed; a partition without an offset is not in it.

    Args:
        settings: where Kafka is, and the prefix.
        group: without the prefix.
        places: the partitions to ask for; None for all that the group ever committed.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    async with admin_client(settings.kafka) as client:
        offsets = await client.list_consumer_group_offsets(
            settings.topic_prefix + group, partitions=None if places is None else list(places)
        )
    return {place: offset for place, offset in offsets.items() if offset.offset >= 0}


async def members(settings: CommonSettings, group: str) -> int:
    """Give how many members a group has now; raises KafkaError when Kafka does not answer."""
    async with admin_client(settings.kafka) as client:
        (answer,) = await client.describe_consumer_groups([settings.topic_prefix + group])
    ((_error, _name, _state, _kind, _protocol, found, *_),) = answer.groups
    return len(found)


async def move(settings: CommonSettings, group: str, offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
    """Commit offsets in the name of a group that nobody is in.

    Raises:
        GroupInUseError: somebody is; nothing was committed.
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    async with started(consumer(settings, group)) as outsider:
        outsider.assign(list(offsets))
        try:
            await outsider.commit(dict(offsets))
        except CommitFailedError:
            raise GroupInUseError from None
