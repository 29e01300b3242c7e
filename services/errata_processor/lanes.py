"""A lane: one partition of a segment's topic in the hands of one owner, from its assignment to its revocation.

What a batch gave and the offset after it are committed in one transaction or not at all. The producer's transactional
id belongs to the partition, and starting it fences every older owner: one that was paused and comes back can neither
send nor commit. Only then is the committed offset read.
"""

import asyncio
import contextlib
from collections.abc import Collection, Iterable

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from errata.runtime.settings import CommonSettings
from errata.stages.plan import FUSED, Segment
from errata.stores.kafka.connection import transactional_producer
from errata.stores.kafka.lost_records import LostRange, LostRecordsError
from errata_processor.endings import Message
from errata_processor.positions import POISONED_AFTER, Start, read_starts
from errata_processor.settings import ProcessorSettings

# The group waits for its members to let go.
_UNMARK_SECONDS = 3.0


class GapError(Exception):
    """A record was skipped on its way here, or a batch was to be committed over another."""


class Lane:
    """One owned partition."""

    def __init__(
        self,
        partition: int,
        start: Start,
        generation: int,
        producer: AIOKafkaProducer,
        settings: CommonSettings,
        *,
        segment: Segment = FUSED,
    ) -> None:
        """Own a partition; see `open_lanes`.

        Args:
            partition: its number.
            start: where to begin.
            generation: of the consumer group, as Faust stamps it on messages.
            producer: started, the partition's own.
            settings: the prefix of topics and group, and the generation of the topics.
            segment: what it reads.

        """
        self.partition = partition
        self.place = TopicPartition(settings.topic_prefix + segment.source, partition)
        self.position = start.offset
        """The offset after the last committed record."""
        self.proven = False
        """Whether this owner has committed a batch."""
        self.closed = False
        self._start = start
        self.next = start.offset
        """The offset after the last record that was taken."""
        self._marked = False
        self._generation = generation
        self._producer = producer
        self._prefix = settings.topic_prefix
        self._segment = segment
        self._topics = settings.generation
        self._lock = asyncio.Lock()

    def takes(self, offset: int, generation: int) -> bool:
        """Tell whether a record that Faust delivers is the next one to process.

        Those read before the last rebalance, or delivered again, are not: Faust keeps records of the old assignment in
        its take buffer, and reads again what was delivered but not committed when it seeks.

        Raises:
            LostRecordsError: the log began at the position when the lane was opened, and does no longer.
            GapError: records before it were never delivered; committing this one would lose them.

        """
        if generation != self._generation or offset < self.next:
            return False
        # Between segments gaps are the markers of transactions; the writers of `ingest` use none.
        if offset > self.next and self._segment.first:
            if self.next == self._start.offset:
                raise LostRecordsError([LostRange(self.place, self.next, offset, offset + 1)])
            raise GapError(f"partition {self.partition}: {offset} came after {self.next - 1}")
        self.next = offset + 1
        return True

    def poisoned(self, offset: int, batch_records: int) -> bool:
        """Tell whether a record may be what ended the last owners: one of the first batch, and three of them ended."""
        return self._start.tried >= POISONED_AFTER and offset < self._start.offset + batch_records

    async def begin(self) -> None:
        """Note in the committed offset that an owner begins to process here; see `positions`."""
        async with self._lock:
            if not self.closed and not self._marked:
                await self._commit((), self._start._replace(tried=self._start.tried + 1))
                self._marked = True

    async def commit(self, messages: Iterable[Message], begin: int, end: int) -> bool:
        """Send all messages and the position in one transaction; give False when the lane was closed meanwhile.

        Args:
            messages: what the batch gave.
            begin: the offset after the batch before it.
            end: the offset after its last record.

        Raises:
            GapError: the batch before it was not committed.
            aiokafka.errors.KafkaError: nothing was committed, or what was will be found by the next owner.

        """
        async with self._lock:
            if self.closed:
                return False
            if begin != self.position:
                raise GapError(f"partition {self.partition}: {begin} was to be committed after {self.position - 1}")
            await self._commit(messages, Start(end))
            self.position, self.proven = end, True
            return True

    async def _commit(self, messages: Iterable[Message], start: Start) -> None:
        async with self._producer.transaction():
            sent = [await self._producer.send(self._prefix + topic, value, key=key) for topic, key, value in messages]
            # Each must be awaited in here: aiokafka commits without a batch that the broker has refused.
            await asyncio.gather(*sent)
            await self._producer.send_offsets_to_transaction(
                {self.place: start.noted(self._topics)}, self._prefix + self._segment.group
            )

    async def close(self) -> None:
        """Let go of the partition, once a commit under way is done."""
        async with self._lock:
            self.closed = True
            if self._marked and not self.proven:
                # Nobody ended over the batch. An owner that was replaced, or without Kafka, cannot say so: that is all.
                with contextlib.suppress(KafkaError, TimeoutError):
                    async with asyncio.timeout(_UNMARK_SECONDS):
                        await self._commit((), self._start)
            await self._producer.stop()


async def open_lanes(
    partitions: Collection[int], generation: int, settings: ProcessorSettings, segment: Segment, max_batch_size: int
) -> dict[int, Lane]:
    """Give a lane for each assigned partition, with every older owner fenced.

    Raises:
        LostRecordsError: a position lies outside the log.
        aiokafka.errors.KafkaError: Kafka does not answer, or another owner has taken over already.

    """
    producers = {
        partition: transactional_producer(settings, f"{segment.group}-{partition}", max_batch_size=max_batch_size)
        for partition in partitions
    }
    await asyncio.gather(*(producer.start() for producer in producers.values()))
    starts = await read_starts(settings, segment.group, segment.source, partitions)
    return {
        partition: Lane(partition, starts[partition], generation, producer, settings, segment=segment)
        for partition, producer in producers.items()
    }
