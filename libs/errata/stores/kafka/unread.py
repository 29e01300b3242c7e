"""How near to its deletion is what a group has not read: a log is cut at its old end by time and size, read or not."""

import contextlib
from collections.abc import Mapping
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import ClusterAuthorizationFailedError

from errata.stores.kafka.log_sizes import log_sizes

_RETENTION_MS, _RETENTION_BYTES = "retention.ms", "retention.bytes"


class Backlog(NamedTuple):
    """What of a partition's log has not been read."""

    beginning: int
    """Offset of the oldest record there is."""
    position: int
    """Of the next record to be read."""
    end: int
    """Of the next record to be written."""
    first_young: int
    """Of the first record that is younger than the share of the retention that is allowed; `end` without one."""
    log_bytes: int = 0

    def reaches(self, share: float, retention_bytes: int) -> bool:
        """Say whether what is unread takes this share of the retention, in time or in bytes; -1 bytes are no limit.

        Of bytes only those of the whole log are known: they are taken to be spread evenly over its records.
        """
        if self.position >= self.end:
            return False
        if self.position < max(self.beginning, self.first_young):  # some are deleted already; or nearly old enough
            return True
        unread = self.log_bytes * (self.end - self.position) / (self.end - self.beginning)
        return 0 <= share * retention_bytes <= unread


async def nearly_deleted(
    log: AIOKafkaConsumer, client: AIOKafkaAdminClient, readers: Mapping[TopicPartition, str], share: float, now: int
) -> set[str]:
    """Give the topics, by their full names, of which a partition's unread records reach a share of the retention.

    Sizes are left out of it where brokers do not let this client describe the cluster, or no longer know its question.

    Args:
        log: any started consumer; what it reads does not matter.
        client: a started admin client.
        readers: the group that reads each partition, by its full name.
        share: of the retention, 0 to 1.
        now: microseconds since 1970, UTC.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    places = list(readers)
    retention = await _retention(client, {place.topic for place in places})
    beginnings, ends = await log.beginning_offsets(places), await log.end_offsets(places)
    positions: dict[TopicPartition, int] = {}
    for group in set(readers.values()):
        asked = [place for place in places if readers[place] == group]
        for place, offset in (await client.list_consumer_group_offsets(group, partitions=asked)).items():
            if offset.offset >= 0:
                positions[place] = offset.offset
    oldest = {
        place: max(0, now // 1000 - int(share * retention[place.topic][_RETENTION_MS]))
        for place in places
        if retention[place.topic][_RETENTION_MS] >= 0
    }
    young = await log.offsets_for_times(oldest) if oldest else {}
    sizes: dict[TopicPartition, int] = {}
    with contextlib.suppress(ClusterAuthorizationFailedError, NotImplementedError):
        sizes = await log_sizes(client, places)
    found = set()
    for place in places:
        first_young = young.get(place)
        backlog = Backlog(
            beginnings[place],
            positions.get(place, beginnings[place]),
            ends[place],
            beginnings[place] if place not in oldest else ends[place] if first_young is None else first_young.offset,
            sizes.get(place, 0),
        )
        if backlog.reaches(share, retention[place.topic][_RETENTION_BYTES]):
            found.add(place.topic)
    return found


async def _retention(client: AIOKafkaAdminClient, topics: set[str]) -> dict[str, dict[str, int]]:
    """Give how long, and how much of, each topic is kept, the broker's defaults included; -1 is without end."""
    names = dict.fromkeys((_RETENTION_MS, _RETENTION_BYTES))
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic, configs=names) for topic in topics]
    found = {
        resource[3]: {entry[0]: int(entry[1]) for entry in resource[4]}
        for answer in await client.describe_configs(resources)
        for resource in answer.resources
    }
    unlimited = dict.fromkeys((_RETENTION_MS, _RETENTION_BYTES), -1)
    return {topic: unlimited | found.get(topic, {}) for topic in topics}
