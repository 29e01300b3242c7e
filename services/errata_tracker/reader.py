"""The read step: everything a batch's decisions need, fetched at once, most of it from memory.

Nothing here changes what a decision depends on in a way that a second reading would not: users are added to
HyperLogLogs (twice is once), a short number that is not used leaves a gap, a release is noted once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from errata.alerts.windows import SlidingCount
from errata.contracts.flat_event import FlatEvent
from errata.stores.redis.partition_state import PartitionState
from errata.stores.redis.projects import Projects
from errata_tracker.batch import Batch
from errata_tracker.recall import Recall
from errata_tracker.rule_book import RuleBook
from errata_tracker.tracked import Tracked
from errata_tracker.users import UserCounter

EventsByIssue = Mapping[str, Sequence[tuple[int, FlatEvent]]]


class Reader:
    """Issues of one partition, kept in memory as long as nobody else changes them."""

    def __init__(self, state: PartitionState, projects: Projects, book: RuleBook, recall: Recall, limit: int) -> None:
        """Keep so many issues in memory."""
        self._state = state
        self._recall = recall
        self._projects = projects
        self._book = book
        self._limit = limit
        self.users = UserCounter(state, book)
        self._issues: dict[str, Tracked] = {}
        self._releases: defaultdict[int, dict[str, int]] = defaultdict(dict)

    def __len__(self) -> int:
        """Give how many issues are in memory."""
        return len(self._issues)

    def forget(self) -> None:
        """Drop everything: somebody else may have changed it."""
        self._issues.clear()
        self._releases.clear()

    def trim(self) -> None:
        """Drop the issues that were touched longest ago, above the limit."""
        while len(self._issues) > self._limit:
            del self._issues[next(iter(self._issues))]

    def first_seen(self, project: int) -> Mapping[str, int]:
        """Give when the project first saw each release that the batch needs, microseconds."""
        return self._releases[project]

    def drop(self, issues: Iterable[str]) -> None:
        """Drop issues that are in Redis no more."""
        for issue in issues:
            self._issues.pop(issue, None)

    async def fetch(self, batch: Batch) -> dict[str, Tracked]:
        """Give every issue that a batch is about, by id, with all that deciding about it needs.

        Raises:
            StateAwayError: Redis does not hold one that there is, and ClickHouse is away.

        """
        sought = batch.sought()
        await self.load(sought)
        absent = {issue: its for issue, its in sought.items() if issue not in self._issues}
        self._issues |= await self._recall.find(absent)
        for issue in absent.keys() - self._issues.keys():
            self._issues[issue] = Tracked(None, {})
        # Taken out and put in again, so that the first ones are those touched longest ago.
        issues = {issue: self._issues.pop(issue) for issue in sought}
        self._issues |= issues
        await self._name_new(batch.events, issues)
        await self.users.count(batch, issues)
        await self._meet_releases(batch.events, issues)
        return issues

    async def load(self, ids: Iterable[str]) -> dict[str, Tracked]:
        """Give these issues as they are, without a batch; those that Redis does not hold are not in it."""
        wanted = list(ids)
        missing = [issue for issue in wanted if issue not in self._issues]
        records = await self._state.records(missing)
        counts = await self._state.counts([i for i in records if self._book.rules(records[i].project).event_windows])
        for issue, record in records.items():
            windows = {series: SlidingCount(series[0], buckets) for series, buckets in counts.get(issue, {}).items()}
            self._issues[issue] = Tracked(record, windows, noted=True)
        return {issue: self._issues[issue] for issue in wanted if issue in self._issues}

    async def _name_new(self, events: EventsByIssue, issues: Mapping[str, Tracked]) -> None:
        new: defaultdict[int, list[Tracked]] = defaultdict(list)
        for issue, ((_, first), *_) in events.items():
            if not issues[issue].short_id:
                new[first.project].append(issues[issue])
        for project, unnamed in new.items():
            numbers = await self._projects.numbers(project, len(unnamed))
            for tracked, number in zip(unnamed, numbers, strict=True):
                tracked.short_id = f"{self._book.slug(project)}-{number}"

    async def _meet_releases(self, events: EventsByIssue, issues: Mapping[str, Tracked]) -> None:
        met: defaultdict[int, dict[str, int]] = defaultdict(dict)
        others: defaultdict[int, set[str]] = defaultdict(set)
        for happened in events.values():
            for _, event in happened:
                if event.release and event.release not in self._releases[event.project]:
                    met[event.project].setdefault(event.release, event.received_at)
        for tracked in issues.values():
            record = tracked.record
            if record is not None and record.resolved_in_release:
                others[record.project].add(record.resolved_in_release)
            if record is not None and not tracked.releases_known:
                others[record.project].update(record.releases)
                tracked.releases_known = True
        for project in met.keys() | others.keys():
            known = self._releases[project]
            unknown = others[project] - known.keys()
            if met[project] or unknown:
                known.update(await self._projects.meet_releases(project, met[project], unknown))
