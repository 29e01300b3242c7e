"""A lane: one partition of `ingest` in the hands of one owner, from its assignment to its revocation.

What a batch gave and the offset after it are committed in one transaction or not at all. The producer's transactional
id belongs to the partition, and starting it fences every older owner: one that was paused and comes back can neither
send nor commit. Only then is the committed offset read.
"""

import asyncio
from collections.abc import Collection, Iterable

from aiokafka import AIOKafkaProducer, TopicPartition

from errata.contracts.groups import PROCESSOR
from errata.contracts.topics import INGEST
from errata.stores.kafka.connection import transactional_producer
from errata_processor.batch import Message
from errata_processor.positions import POISONED_AFTER, Start, read_starts
from errata_processor.settings import ProcessorSettings


class GapError(Exception):
    """A record was skipped on its way here: `ingest` itself has no gaps, since its writers use no transactions."""


class Lane:
    """One owned partition."""

    def __init__(self, partition: int, start: Start, generation: int, producer: AIOKafkaProducer, prefix: str) -> None:
        """Own a partition; see `open_lanes`.

        Args:
            partition: its number.
            start: where to begin.
            generation: of the consumer group, as Faust stamps it on messages.
            producer: started, the partition's own.
            prefix: of topics and group.

        """
        self.partition = partition
        self.position = start.offset
        """The offset after the last committed record."""
        self.begun = start.begun
        self.closed = False
        self._first = start.offset
        self._next = start.offset
        self._began = False
        self._generation = generation
        self._producer = producer
        self._prefix = prefix
        self._place = TopicPartition(prefix + INGEST, partition)
        self._lock = asyncio.Lock()

    def takes(self, offset: int, generation: int) -> bool:
        """Tell whether a record that Faust delivers is the next one to process.

        Those read before the last rebalance, or delivered again, are not: Faust keeps records of the old assignment in
        its take buffer, and reads again what was delivered but not committed when it seeks.

        Raises:
            GapError: records before it were never delivered; committing this one would lose them.

        """
        if generation != self._generation or offset < self._next:
            return False
        if not self._began:  # the log may have lost what was before
            self._began, self.position = True, offset
        elif offset > self._next:
            raise GapError(f"partition {self.partition}: {offset} came after {self._next - 1}")
        self._next = offset + 1
        return True

    def poisoned(self, offset: int, batch_records: int) -> bool:
        """Tell whether a record may be what ended the last owners: one of the first batch, and three of them died."""
        return self.begun >= POISONED_AFTER and offset < self._first + batch_records

    async def commit(self, messages: Iterable[Message], first: int, position: int) -> bool:
        """Send all messages and the position in one transaction; give False when the lane was closed meanwhile.

        Args:
            messages: what the batch gave.
            first: offset of the batch's first record.
            position: the offset after its last.

        Raises:
            GapError: the batch before it was not committed.
            aiokafka.errors.KafkaError: nothing was committed, or what was will be found by the next owner.

        """
        async with self._lock:
            if self.closed:
                return False
            if first != self.position:
                raise GapError(f"partition {self.partition}: {first} was to be committed after {self.position - 1}")
            async with self._producer.transaction():
                sent = [
                    await self._producer.send(self._prefix + topic, value, key=key) for topic, key, value in messages
                ]
                # Each must be awaited in here: aiokafka commits without a batch that the broker has refused.
                await asyncio.gather(*sent)
                await self._producer.send_offsets_to_transaction({self._place: position}, self._prefix + PROCESSOR)
            self.position = position
            return True

    async def begin(self, start: Start) -> None:
        """Note in the committed offset that an owner begins here."""
        async with self._producer.transaction():
            await self._producer.send_offsets_to_transaction({self._place: start.note}, self._prefix + PROCESSOR)

    async def close(self) -> None:
        """Let go of the partition, once a commit under way is done."""
        async with self._lock:
            self.closed = True
            await self._producer.stop()


async def open_lanes(
    partitions: Collection[int], generation: int, settings: ProcessorSettings, max_batch_size: int
) -> dict[int, Lane]:
    """Give a lane for each assigned partition, with every older owner fenced.

    Raises:
        LostRecordsError: a position lies outside the log.
        aiokafka.errors.KafkaError: Kafka does not answer, or another owner has taken over already.

    """
    producers = {
        partition: transactional_producer(settings, f"{PROCESSOR}-{partition}", max_batch_size=max_batch_size)
        for partition in partitions
    }
    await asyncio.gather(*(producer.start() for producer in producers.values()))
    prefix = settings.topic_prefix
    starts = await read_starts(settings, prefix + PROCESSOR, prefix + INGEST, partitions)
    lanes = {
        partition: Lane(partition, starts[partition], generation, producer, prefix)
        for partition, producer in producers.items()
    }
    await asyncio.gather(*(lane.begin(starts[lane.partition]) for lane in lanes.values()))
    return lanes
