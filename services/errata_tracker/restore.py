"""Where a tracker begins: at the stored position; or, when Redis was lost, after rebuilding what it held.

What Kafka was told last, T, came in one transaction with the states and alerts up to it, so the tables agree with T
once the writer has written all of them. Issues are rebuilt from their last states, windows and users from the event
rows that those include. Then the tracker reads on from T. What it had decided after T it decides again, under the same
ids.

Issues that no window can still count, and whatever would not fit into Redis, stay in ClickHouse alone, as if they had
been evicted: they come back when something happens to them.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence

from errata.alerts.windows import INTERVALS, bucket_size
from errata.contracts.groups import TRACKER
from errata.contracts.messages import IssueState
from errata.contracts.times import DAY, SECOND
from errata.issues.evolution import due_at
from errata.issues.record import IssueRecord
from errata.runtime import logging, metrics
from errata.stores.clickhouse import restore as lost
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.redis.partition_state import PartitionState, Position, UserBucket
from errata.stores.redis.projects import MAX_RELEASES, Projects
from errata_tracker.counters import by_project, count_windows
from errata_tracker.places import beginning, told_position
from errata_tracker.world import World

log = logging.get(__name__)

_PAGE = 500
"""Issues a script: it holds up everything else in Redis for a few milliseconds."""
_WAIT_SECONDS = 1.0
_LONGEST = max(INTERVALS.values()) * SECOND
_NOWHERE = (0, "")


class GenerationError(Exception):
    """What is stored belongs to topics newer than ERRATA_GENERATION says."""


class Restorer:
    """Finds the beginning of one partition."""

    def __init__(self, partition: int, state: PartitionState, projects: Projects, world: World) -> None:
        self._partition = partition
        self._state = state
        self._projects = projects
        self._world = world

    async def position(self) -> Position:
        """Give the position to go on from; it is stored in Redis, with the state that belongs to it.

        Raises:
            GenerationError: ERRATA_GENERATION is too low.

        """
        settings = self._world.settings
        while True:
            stored = await self._state.position()
            if stored is None:
                position = await told_position(settings, TRACKER, self._partition)
                if position is not None:
                    await self._rebuild(position)
            elif stored.generation == settings.generation:
                return stored
            elif stored.generation > settings.generation:
                raise GenerationError(f"ERRATA_GENERATION is below {stored.generation}, which Redis has a position of")
            else:
                position = None
            if position is None or position.generation < settings.generation:
                position = await beginning(settings, self._world.consumer, self._partition)
            # Found by whoever is first; the others read it.
            await self._state.commit(stored, position, self._state.begin())

    async def _rebuild(self, position: Position) -> None:
        log.warning("Redis has lost a partition, rebuilding", partition=self._partition, position=str(position))
        settings, landed = self._world.settings, self._world.landed
        # The states of all partitions: their issues share the numbers of a project.
        states = await landed.published(range(settings.partitions))
        await landed.wait(states | landed.events(self._partition, position.events))
        while True:
            try:
                async with await ClickHouse.connect(settings.clickhouse) as clickhouse:
                    issues = await self._restore(clickhouse)
            except (Away, Refused) as error:
                log.warning("ClickHouse is away, waiting", partition=self._partition, exc_info=error)
                await asyncio.sleep(_WAIT_SECONDS)
            else:
                break
        metrics.TRACKER_RESTORED.inc()
        log.info("partition rebuilt", partition=self._partition, position=str(position), issues=issues)

    async def _restore(self, clickhouse: ClickHouse) -> int:
        settings = self._world.settings
        # Other owners may not know yet that Redis is lost, and be about to publish numbers that they were given before:
        # of each partition a batch at most.
        margin = settings.partitions * settings.batch_records
        for project, number in (await lost.highest_numbers(clickhouse)).items():
            await self._projects.raise_number(project, number, margin)
        for project, releases in (await lost.releases_first_seen(clickhouse, MAX_RELEASES)).items():
            await self._projects.meet_releases(project, releases)
        now = await lost.last_seen(clickhouse, self._partition)
        issues = 0
        async for page in self._pages(clickhouse):
            issues += len(page)
            room = await self._state.memory_used() < settings.redis_share
            await self._store(
                clickhouse, page, [state for state in page if room and state.last_seen > now - _LONGEST], now
            )
        return issues

    async def _pages(self, clickhouse: ClickHouse) -> AsyncIterator[list[IssueState]]:
        after = _NOWHERE
        while page := await lost.states_of_partition(clickhouse, self._partition, after, _PAGE):
            yield page
            after = (page[-1].project, page[-1].issue_id)

    async def _store(
        self, clickhouse: ClickHouse, page: Sequence[IssueState], held: Sequence[IssueState], now: int
    ) -> None:
        """Write a page of issues, of those that Redis will hold everything."""
        windows = await count_windows(clickhouse, held, now, self._world.book)
        await self._store_users(clickhouse, held, now)
        records = {state.issue_id: IssueRecord.of(state) for state in page}
        for record in records.values():
            record.due = due_at(record, self._world.book.auto_resolve_days.get(record.project, 0))
        commit = self._state.begin()
        commit.known(records)
        commit.due({(record.project, issue): record.due for issue, record in records.items() if record.due})
        commit.records(records[state.issue_id] for state in held)
        for state in held:
            commit.counts(state.issue_id, windows.get(state.issue_id, {}))
        # Only while there is no position: another owner that was faster is not disturbed.
        await self._state.commit(None, None, commit)

    async def _store_users(self, clickhouse: ClickHouse, held: Sequence[IssueState], now: int) -> None:
        for project, states in by_project(held).items():
            kinds = {(DAY // SECOND, 3_600, "")}
            kinds |= {
                (window, bucket_size(window), name) for window, name in self._world.book.rules(project).user_windows
            }
            for window, size, environment in kinds:
                span = lost.Span(project, environment, now - window * SECOND, size)
                for (issue, bucket), users in (await lost.users(clickhouse, states, span)).items():
                    await self._state.add_users({UserBucket(issue, environment, size, bucket): users}, window)
