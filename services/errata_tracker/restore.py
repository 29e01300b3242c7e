"""Where a tracker begins: at the stored position; or, when Redis was lost, after rebuilding what it held.

What Kafka was told last, T, came in one transaction with the states and alerts up to it, so the tables agree with T
once the writer has written all of them. Rebuilt are: the issues, from their last states; when each rule fired last and
how often, from the alerts; windows, users, releases and environments, from the event rows below T. Then the tracker
reads on from T. What it had decided after T it decides again, under the same ids.

Not rebuilt: which releases an issue was seen in just once when it was resolved without naming one (`also_resolved_in`).
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from errata.alerts.windows import SlidingCount, bucket_size
from errata.contracts.groups import TRACKER, WRITER
from errata.contracts.times import SECOND
from errata.contracts.topics import ALERTS, EVENTS, ISSUES
from errata.issues.record import MAX_ENVIRONMENTS, MAX_RELEASES, IssueRecord
from errata.runtime import logging, metrics
from errata.stores.clickhouse import restore as lost
from errata.stores.clickhouse.client import Away, ClickHouse
from errata.stores.kafka.connection import consumer as make_consumer
from errata.stores.kafka.group_offsets import committed
from errata.stores.redis.partition_state import PartitionState, Position, Series, UserBucket
from errata.stores.redis.projects import MAX_RELEASES as MAX_PROJECT_RELEASES
from errata.stores.redis.projects import Projects
from errata_tracker.places import beginning, told_position
from errata_tracker.rule_book import RuleBook
from errata_tracker.settings import TrackerSettings

log = logging.get(__name__)

_CHUNK = 500
"""Issues a script: it holds up everything else in Redis for a few milliseconds."""
_WAIT_SECONDS = 1.0
_LOOK_MS = 500
"""How long to look for a record that the writer has not taken; a fetch waits 50 ms for one."""


class Restorer:
    """Finds the beginning of one partition."""

    def __init__(
        self,
        *,
        settings: TrackerSettings,
        consumer: AIOKafkaConsumer,
        state: PartitionState,
        projects: Projects,
        book: RuleBook,
        partition: int,
    ) -> None:
        self._settings = settings
        self._consumer = consumer
        self._state = state
        self._projects = projects
        self._book = book
        self._partition = partition

    async def position(self) -> Position:
        """Give the position to go on from; it is stored in Redis, with the state that belongs to it.

        Raises:
            ValueError: what is stored belongs to topics newer than ERRATA_GENERATION says.

        """
        while True:
            stored = await self._state.position()
            if stored is None:
                position = await told_position(self._settings, TRACKER, self._partition)
                if position is not None:
                    await self._rebuild(position)
            elif stored.generation == self._settings.generation:
                return stored
            elif stored.generation > self._settings.generation:
                raise ValueError(f"ERRATA_GENERATION is below {stored.generation}, which Redis has a position of")
            else:
                position = None
            if position is None or position.generation < self._settings.generation:
                position = await beginning(self._settings, self._consumer, self._partition)
            # Found by whoever is first; the others read it.
            await self._state.commit(stored, position, self._state.begin())

    async def _rebuild(self, position: Position) -> None:
        log.warning("Redis has lost a partition, rebuilding", partition=self._partition, position=str(position))
        await self._writer_has(position)
        until = lost.Until(self._partition, position.generation, position.events)
        while True:
            try:
                db = await ClickHouse.connect(self._settings.clickhouse)
                try:
                    issues = await self._restore(db, until)
                finally:
                    await db.close()
            except Away as error:
                log.warning("ClickHouse is away, waiting", partition=self._partition, exc_info=error)
                await asyncio.sleep(_WAIT_SECONDS)
            else:
                break
        metrics.TRACKER_RESTORED.inc()
        log.info("partition rebuilt", partition=self._partition, position=str(position), issues=issues)

    async def _restore(self, db: ClickHouse, until: lost.Until) -> int:
        for project, number in (await lost.highest_numbers(db)).items():
            await self._projects.raise_number(project, number)
        for project, releases in (await lost.releases_first_seen(db, MAX_PROJECT_RELEASES)).items():
            await self._projects.meet_releases(project, releases)
        records = await _records(db, until)
        newest = await lost.newest(db, until)
        windows: dict[str, dict[Series, SlidingCount]] = {}
        projects = {record.project for record in records}
        for project in projects:
            for window, environment in self._book.rules(project).event_windows:
                span = lost.Span(project, environment, newest - window * SECOND, bucket_size(window))
                for issue, buckets in (await lost.event_counts(db, until, span)).items():
                    count = SlidingCount(window, buckets)
                    count.changed.update(buckets)
                    windows.setdefault(issue, {})[window, environment] = count
            await self._restore_users(db, until, project, newest)
        for chunk in _chunks(records):
            commit = self._state.begin()
            for record in chunk:
                commit.record(record)
                commit.counts(record.issue_id, windows.get(record.issue_id, {}))
            # Only while there is no position: another owner that was faster is not disturbed.
            await self._state.commit(None, None, commit)
        return len(records)

    async def _restore_users(self, db: ClickHouse, until: lost.Until, project: int, newest: int) -> None:
        kinds = [(86_400, 3_600, "")]
        kinds += [(window, bucket_size(window), name) for window, name in self._book.rules(project).user_windows]
        for window, size, environment in kinds:
            span = lost.Span(project, environment, newest - window * SECOND, size)
            found = await lost.users(db, until, span)
            for (issue, bucket), users in found.items():
                await self._state.add_users({UserBucket(issue, environment, size, bucket): users}, window)

    async def _writer_has(self, position: Position) -> None:
        """Return when the writer has taken all events before the position, and all states and alerts there are."""
        prefix, partition = self._settings.topic_prefix, self._partition
        told = [TopicPartition(prefix + topic, partition) for topic in (ISSUES, ALERTS)]
        until = dict(await self._consumer.end_offsets(told))
        until[TopicPartition(prefix + EVENTS, partition)] = position.events
        waited = False
        while True:
            offsets = await committed(self._settings, WRITER, until)
            begin = await self._consumer.beginning_offsets(until)
            reached = {place: offsets[place].offset if place in offsets else begin[place] for place in until}
            if not await self._has_records(reached, until):
                return
            if not waited:
                log.info("waiting for the writer", partition=partition)
                waited = True
            await asyncio.sleep(_WAIT_SECONDS)

    async def _has_records(self, since: Mapping[TopicPartition, int], until: Mapping[TopicPartition, int]) -> bool:
        """Say whether any record stands between two offsets: the marks that end transactions stand there, too."""
        open_places = [place for place in until if since[place] < until[place]]
        if not open_places:
            return False
        reader = make_consumer(self._settings, None)
        reader.assign(open_places)
        await reader.start()
        try:
            for place in open_places:
                reader.seek(place, since[place])
            found = await reader.getmany(*open_places, timeout_ms=_LOOK_MS, max_records=1)
            return any(record.offset < until[place] for place, records in found.items() for record in records)
        finally:
            await reader.stop()


async def _records(db: ClickHouse, until: lost.Until) -> list[IssueRecord]:
    memories = await lost.memories(db, until)
    firings = await lost.firings(db, until)
    records = []
    for state in await lost.issue_states(db, until.partition):
        record = msgspec.convert(state, IssueRecord, from_attributes=True)
        memory = memories.get(record.issue_id)
        if memory is not None:
            record.releases = dict(list(memory.releases.items())[-MAX_RELEASES:])
            record.environments = memory.environments[:MAX_ENVIRONMENTS]
        record.fired = firings.get(record.issue_id, {})
        records.append(record)
    return records


def _chunks(records: Iterable[IssueRecord]) -> Iterator[list[IssueRecord]]:
    everything = list(records)
    for start in range(0, len(everything), _CHUNK):
        yield everything[start : start + _CHUNK]
