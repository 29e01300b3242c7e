"""Where to begin in a partition of `ingest`, and how often others ended there before: read once on assignment.

The committed offset carries a note: the generation of the topics, and how many owners have begun to process the batch
that follows. An owner adds itself just before it processes its first batch, and the commit of that batch, or an orderly
end, takes the mark away. So three owners that ended over the same batch are known without another store, whichever
machines they ran on, and whatever else ended owners that were only waiting is not taken for poison.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import stamina
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer
from errata.stores.kafka.group_offsets import committed
from errata.stores.kafka.layout import note, read_note
from errata.stores.kafka.lost_records import check_positions

POISONED_AFTER = 3
"""Owners that ended over the same batch before it is taken item by item."""
_TRIED = "tried:"


class Start(NamedTuple):
    """Where an owner begins."""

    offset: int
    """Of the first record to read."""
    tried: int = 0
    """How many owners ended while they processed what begins here."""

    def noted(self, generation: int) -> OffsetAndMetadata:
        """Give what is committed to say so, in a generation of the topics."""
        return OffsetAndMetadata(self.offset, note(generation, f"{_TRIED}{self.tried}" if self.tried else ""))


def start_of(noted: OffsetAndMetadata, generation: int) -> Start:
    """Give where the next owner begins, from what the group has committed; raises OtherGenerationError."""
    more = read_note(str(noted.metadata), generation)
    return Start(noted.offset, int(more.removeprefix(_TRIED)) if more.startswith(_TRIED) else 0)


async def read_starts(
    settings: CommonSettings, group: str, topic: str, partitions: Collection[int]
) -> Mapping[int, Start]:
    """Give for each partition where to begin; called once its producer has fenced every older owner.

    A partition that the group never committed anything for begins at the oldest record.

    Args:
        settings: where Kafka is, and the prefix.
        group: without the prefix.
        topic: without the prefix.
        partitions: those to begin in.

    Raises:
        LostRecordsError: a committed position lies outside the log.
        OtherGenerationError: one belongs to topics that are gone.
        KafkaError: no answer within 30 s.

    """
    places = [TopicPartition(settings.topic_prefix + topic, partition) for partition in partitions]
    async for attempt in stamina.retry_context(on=_may_pass, timeout=30, attempts=None):
        with attempt:
            notes = await committed(settings, group, places)
            async with consumer(settings, None) as log:
                await check_positions(log, {place: noted.offset for place, noted in notes.items()})
                beginnings = await log.beginning_offsets([place for place in places if place not in notes])
    return {
        place.partition: start_of(notes[place], settings.generation) if place in notes else Start(beginnings[place])
        for place in places
    }


def _may_pass(error: Exception) -> bool:
    return isinstance(error, KafkaError) and bool(error.retriable)
