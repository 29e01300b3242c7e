"""The writer's loop: take what Kafka has, land its rows once, then commit the positions.

A position committed in Kafka means that everything before it is in ClickHouse. There is one way to recover from
whatever goes wrong (ClickHouse away, a broken connection, a rebalance, our own death): take the partitions over again,
which says exactly which rows are there, and go on from the committed positions without those.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import (
    CommitFailedError,
    IllegalStateError,
    KafkaError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
)
from aiokafka.structs import OffsetAndMetadata

from errata.contracts.groups import WRITER
from errata.contracts.times import SECOND, now
from errata.contracts.topics import topics_of
from errata.runtime import logging
from errata.runtime.health import Health
from errata.runtime.metrics import (
    STAGE_AGE,
    WRITER_BAD_RECORDS,
    WRITER_INSERT_SECONDS,
    WRITER_RETRIES,
    WRITER_ROWS,
    WRITER_SKIPPED_ROWS,
)
from errata.runtime.signals import first_of
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.clickhouse.inserts import Insert
from errata.stores.clickhouse.landing import Partition, RowKey, Tenure
from errata.stores.kafka.group_offsets import committed
from errata.stores.kafka.layout import note, read_note
from errata.stores.kafka.lost_records import check_positions
from errata_writer.rows import Bad, Place, Row, Rows, bad_record
from errata_writer.settings import WriterSettings

log = logging.get(__name__)

TOPICS = topics_of(WRITER)
# Backing off from a ClickHouse that is away: soon at first, since a restart takes seconds.
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_GRACE_S = 0.1
# Records taken from the consumer at once. The size of a batch is looked at in between, and a record may hold 4 MB.
_STEP = 100
# Of the records of a batch, after one that was too large: half of them at first, then so much more with each that fits.
_REGROWTH = 1.1


class Writer(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """Lands the records of the partitions that the consumer is assigned."""

    def __init__(self, settings: WriterSettings, consumer: AIOKafkaConsumer, health: Health) -> None:
        self._settings = settings
        self._consumer = consumer
        self._health = health
        self._rows = Rows(settings.secret.encode(), settings.attachment_days)
        self._clickhouse: ClickHouse | None = None
        self._tenure: Tenure | None = None
        self._present: dict[Partition, set[RowKey]] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._most_records = settings.batch_rows
        """Records of a batch; fewer than the setting's while ClickHouse has not memory enough for so many."""
        self._taken = 0
        """Records of the batch under way."""
        self._turn = asyncio.Lock()
        self._settled = asyncio.Event()

    async def on_partitions_revoked(self, _revoked: Iterable[TopicPartition]) -> None:
        """Let the batch under way end and commit, so that an orderly rebalance fences nobody."""
        async with self._turn:
            self._settled.clear()
            self._health.missing("partitions")

    async def on_partitions_assigned(self, _assigned: Iterable[TopicPartition]) -> None:
        """Have the next turn take over; not done here, since the group must not wait for ClickHouse."""
        self._tenure = None
        self._settled.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Write until asked to stop.

        Raises:
            Fenced: another writer has our partitions; the group has not told us yet.
            LostRecordsError: records were deleted before they were written.
            OtherGenerationError: a committed position is of topics that are gone.

        """
        pause = _FIRST_PAUSE_S
        while not stop.is_set():
            if not await first_of(self._settled, seconds=1.0):
                continue
            try:
                async with self._turn:
                    if self._settled.is_set():
                        await self._write_batch()
                self._health.present("clickhouse")
                pause = _FIRST_PAUSE_S
                self._most_records = min(self._settings.batch_rows, int(self._most_records * _REGROWTH) + 1)
            except (Away, Refused) as trouble:
                self._tenure = None
                if isinstance(trouble, Refused) and trouble.too_large:
                    self._most_records = max(1, self._taken // 2)
                self._health.missing("clickhouse")
                WRITER_RETRIES.inc()
                log.warning("ClickHouse did not take a batch; trying again", reason=str(trouble), pause_s=pause)
                await first_of(stop, seconds=pause)
                pause = min(2 * pause, _LONGEST_PAUSE_S)
            except (CommitFailedError, IllegalStateError, NoOffsetForPartitionError):
                # The group is being balanced again; whoever has the partitions next sees what we landed.
                self._tenure = None
            except KafkaError as trouble:
                if not trouble.retriable:
                    raise
                self._tenure = None
                log.warning("Kafka is away, waiting", error=type(trouble).__name__, pause_s=pause)
                await first_of(stop, seconds=pause)

    def positions(self) -> Mapping[TopicPartition, int]:
        """Give the committed position of each partition that is ours: all before it is in ClickHouse."""
        ours = self._consumer.assignment()
        return {place: offset for place, offset in self._committed.items() if place in ours}

    async def close(self) -> None:
        """Let go of ClickHouse."""
        if self._clickhouse is not None:
            await self._clickhouse.close()

    async def _write_batch(self) -> None:
        tenure = self._tenure or await self._take_over()
        records = await self._collect()
        self._taken = len(records)
        pending: dict[Insert, list[Row]] = defaultdict(list)
        for row in self._to_land(records):
            pending[row.insert].append(row)
        for insert, rows in pending.items():
            await self._land(tenure, insert, rows)
        await self._commit()
        done, age = now(), STAGE_AGE.labels("written")
        for rows in pending.values():
            for row in rows:
                if row.received_at:
                    age.observe((done - row.received_at) / SECOND)

    async def _take_over(self) -> Tenure:
        places = sorted(self._consumer.assignment())
        if self._clickhouse is None:
            self._clickhouse = await ClickHouse.connect(self._settings.clickhouse)
        tenure = await Tenure.begin(self._clickhouse, [self._partition(place) for place in places])
        # Only now: what a replaced owner committed until its fence was raised counts.
        starts = await self._starts(places)
        here = await tenure.present(
            self._settings.generation, {self._partition(place): offset for place, offset in starts.items()}
        )
        for place, offset in starts.items():
            self._consumer.seek(place, offset)
        self._present = here
        self._committed = starts
        self._tenure = tenure
        log.info("took over", partitions=len(places), rows_beyond_positions=sum(map(len, here.values())))
        self._health.present("partitions")
        return tenure

    async def _starts(self, places: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the committed positions, and the log's beginning where the group never committed one."""
        notes = await committed(self._settings, WRITER, places)
        for noted in notes.values():
            read_note(str(noted.metadata), self._settings.generation)
        positions = {place: int(noted.offset) for place, noted in notes.items()}
        await check_positions(self._consumer, positions)
        beginnings: dict[TopicPartition, int] = await self._consumer.beginning_offsets(
            [place for place in places if place not in positions]
        )
        return positions | beginnings

    async def _collect(self) -> list[ConsumerRecord]:
        """Give the next records, as many as a batch holds or come while it may wait."""
        records: list[ConsumerRecord] = []
        size = 0
        deadline = time.monotonic() + self._settings.batch_wait_ms / 1000
        while len(records) < self._most_records and size < self._settings.batch_bytes:
            remaining_ms = int((deadline - time.monotonic()) * 1000)
            if remaining_ms <= 0:
                break
            try:
                # During a rebalance `getmany` waits for its end without a limit, and that end waits for our turn's.
                async with asyncio.timeout(remaining_ms / 1000 + _GRACE_S):
                    more = await self._consumer.getmany(
                        timeout_ms=remaining_ms, max_records=min(_STEP, self._most_records - len(records))
                    )
            except TimeoutError:
                break
            except OffsetOutOfRangeError:
                await check_positions(self._consumer, self._committed)
                raise
            for fetched in more.values():
                records += fetched
                size += sum(len(record.value or b"") for record in fetched)
        return records

    def _to_land(self, records: Iterable[ConsumerRecord]) -> Iterable[Row]:
        """Give the rows of records, without those that are there already."""
        for record in records:
            partition = Partition(record.topic.removeprefix(self._settings.topic_prefix), record.partition)
            place = Place(partition.topic, self._settings.generation, record.partition, record.offset)
            rows = self._rows.of(place, record.value, record.timestamp * 1000)
            if isinstance(rows, Bad):
                rows = [self._tell(rows)]
            here = self._present.get(partition)
            if not here:
                yield from rows
                continue
            for row in rows:
                if (key := RowKey(record.offset, row.number)) in here:
                    here.discard(key)
                    WRITER_SKIPPED_ROWS.labels(row.insert.table).inc()
                else:
                    yield row

    async def _land(self, tenure: Tenure, insert: Insert, rows: list[Row]) -> None:
        """Insert rows; when ClickHouse cannot read one, find it by halves and store that it was bad."""
        partitions = {Partition(row.place.topic, row.place.partition) for row in rows}
        started = time.monotonic()
        try:
            await tenure.insert(insert, [row.line for row in rows], sorted(partitions))
        except Refused as refused:
            if not refused.about_rows:
                raise
            if len(rows) == 1:
                place = rows[0].place
                bad = self._tell(bad_record(place, refused, now(), rows[0].number))
                await tenure.insert(bad.insert, [bad.line], [Partition(place.topic, place.partition)])
                return
            middle = len(rows) // 2
            await self._land(tenure, insert, rows[:middle])
            await self._land(tenure, insert, rows[middle:])
            return
        WRITER_INSERT_SECONDS.labels(insert.table).observe(time.monotonic() - started)
        WRITER_ROWS.labels(insert.table).inc(len(rows))

    async def _commit(self) -> None:
        """Commit where reading stands, which is also past the markers of transactions."""
        assignment: Collection[TopicPartition] = self._consumer.assignment()
        positions: Mapping[TopicPartition, int] = {
            place: await self._consumer.position(place) for place in assignment if place in self._committed
        }
        moved = {place: offset for place, offset in positions.items() if offset != self._committed[place]}
        if not moved:
            return
        of_generation = note(self._settings.generation)
        await self._consumer.commit(
            {place: OffsetAndMetadata(offset, of_generation) for place, offset in moved.items()}
        )
        self._committed.update(moved)

    def _tell(self, bad: Bad) -> Row:
        place = bad.row.place
        WRITER_BAD_RECORDS.labels(place.topic).inc()
        log.error(
            "a record is no message of its topic; stored as an outcome",
            topic=place.topic,
            partition=place.partition,
            offset=place.offset,
            error=bad.error,
        )
        return bad.row

    def _partition(self, place: TopicPartition) -> Partition:
        return Partition(place.topic.removeprefix(self._settings.topic_prefix), place.partition)
