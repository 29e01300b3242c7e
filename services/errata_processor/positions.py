"""Where to begin in a partition of `ingest`, and how often others began there before: read once on assignment.

The committed offset carries a note: how many owners have begun at it. An owner adds itself before it reads a record,
and the commit of its first batch removes the note. So three owners that died over the same batch are known without
another store, whichever machines they ran on.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import stamina
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import connection_options

POISONED_AFTER = 3
"""Owners that ended over the same batch before it is taken item by item."""
_NOTE = "begun:"


class LostRecordsError(Exception):
    """A committed position lies outside the log: records were deleted unread, or the topic was made anew."""

    def __init__(self, partition: int, position: int, beginning: int, end: int) -> None:
        self.partition, self.position, self.beginning, self.end = partition, position, beginning, end
        super().__init__(f"partition {partition}: position {position} is not within {beginning}..{end}")


class Start(NamedTuple):
    """Where an owner begins."""

    offset: int
    """Of the first record to read."""
    begun: int
    """How many owners began here before and committed nothing."""

    @property
    def note(self) -> OffsetAndMetadata:
        """Give what the owner commits before it reads."""
        return OffsetAndMetadata(self.offset, f"{_NOTE}{self.begun + 1}")


def start_of(partition: int, committed: OffsetAndMetadata | None, beginning: int, end: int) -> Start:
    """Give where to begin: at the committed offset, or at the oldest record when nothing was ever committed.

    Args:
        partition: for the error.
        committed: what the group committed last.
        beginning: the oldest offset in the log.
        end: the next offset to be written.

    Raises:
        LostRecordsError: the committed offset lies outside the log.

    """
    if committed is None or committed.offset < 0:
        return Start(beginning, 0)
    if not beginning <= committed.offset <= end:
        raise LostRecordsError(partition, committed.offset, beginning, end)
    note = str(committed.metadata)
    begun = int(note.removeprefix(_NOTE)) if note.startswith(_NOTE) else 0
    # At the end of the log there was nothing to die of.
    return Start(committed.offset, 0 if committed.offset == end else begun)


async def read_starts(
    settings: CommonSettings, group: str, topic: str, partitions: Collection[int]
) -> Mapping[int, Start]:
    """Give for each partition where to begin; called once its producer has fenced every older owner.

    Raises:
        LostRecordsError: see `start_of`.
        KafkaError: no answer within 30 s.

    """
    places = [TopicPartition(topic, partition) for partition in partitions]
    options = connection_options(settings.kafka)
    async for attempt in stamina.retry_context(on=_may_pass, timeout=30, attempts=None):
        with attempt:
            async with AIOKafkaConsumer(**options) as log:
                beginnings, ends = await log.beginning_offsets(places), await log.end_offsets(places)
            admin = AIOKafkaAdminClient(**options)
            await admin.start()
            try:
                committed = await admin.list_consumer_group_offsets(group, partitions=places)
            finally:
                await admin.close()
    return {
        place.partition: start_of(place.partition, committed.get(place), beginnings[place], ends[place])
        for place in places
    }


def _may_pass(error: Exception) -> bool:
    return isinstance(error, KafkaError) and bool(error.retriable)
