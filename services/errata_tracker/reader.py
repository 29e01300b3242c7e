"""The read step: everything a batch's decisions need, fetched at once, most of it from memory.

Nothing here changes what a decision depends on in a way that a second reading would not: users are added to
HyperLogLogs (twice is once), a short number that is not used leaves a gap, a release is noted once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from errata.alerts.windows import SlidingCount, bucket_size
from errata.contracts.flat_event import FlatEvent
from errata.contracts.times import SECOND
from errata.issues.record import IssueRecord
from errata.stores.redis.partition_commit import Series
from errata.stores.redis.partition_state import PartitionState, UserBucket
from errata.stores.redis.projects import Projects
from errata_tracker.batch import Batch
from errata_tracker.recall import Recall
from errata_tracker.rule_book import RuleBook
from errata_tracker.tracked import Tracked

EventsByIssue = Mapping[str, Sequence[tuple[int, FlatEvent]]]

_DAY = 86_400
_HOUR = 3_600
"""`IssueState.users` is of a day, counted in buckets of an hour."""
_KNOWN_USERS = 2_000
"""Hashes remembered a bucket: what a crowd adds above this is told to Redis again, which changes nothing."""


class Reader:
    """Issues of one partition, kept in memory as long as nobody else changes them."""

    def __init__(self, state: PartitionState, projects: Projects, book: RuleBook, recall: Recall, limit: int) -> None:
        """Keep so many issues in memory."""
        self._state = state
        self._recall = recall
        self._projects = projects
        self._book = book
        self._limit = limit
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
        for issue in list(self._issues)[: max(0, len(self._issues) - self._limit)]:
            del self._issues[issue]

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
        await self._count_users(batch.events, issues)
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

    async def _count_users(self, events: EventsByIssue, issues: Mapping[str, Tracked]) -> None:
        """Tell Redis of users it may not know; count anew in each window of a rule that grew or moved on."""
        added: dict[UserBucket, set[str]] = {}
        longest = _DAY
        for issue, happened in events.items():
            windows = self._book.rules(happened[0][1].project).user_windows
            longest = max(longest, *(window for window, _ in windows), 0)
            added |= _new_users(issue, issues[issue], happened, windows)
        grown = {(b.issue, b.size, b.environment) for b in await self._state.add_users(added, longest)}
        counts = []
        for issue, happened in events.items():
            tracked = issues[issue]
            tracked.day_users_grew |= (issue, _HOUR, "") in grown
            newest = max(event.received_at for _, event in happened) // SECOND
            for series in self._book.rules(happened[0][1].project).user_windows:
                window, environment = series
                size = bucket_size(window)
                counted_until = tracked.users_until.get(series, -1)
                until = max(newest // size, counted_until)
                if until > counted_until or (issue, size, environment) in grown:
                    tracked.users_until[series] = until
                    buckets = range(until - window // size, until + 1)
                    counts.append((tracked, series, [UserBucket(issue, environment, size, b) for b in buckets]))
        answers = await self._state.count_users([buckets for *_, buckets in counts])
        for (tracked, series, _), count in zip(counts, answers, strict=True):
            tracked.users[series] = count

    async def count_day_users(self, issues: Mapping[str, Tracked]) -> list[IssueRecord]:
        """Bring `users` of these issues up to date; give the records that changed.

        This is done when a state is told, not at every batch: it reads 25 HyperLogLogs.
        """
        due = []
        for tracked in issues.values():
            hour = tracked.record.last_seen // (_HOUR * SECOND) if tracked.record else 0
            if tracked.record and (tracked.day_users_grew or hour > tracked.day_users_hour):
                tracked.day_users_grew = False
                tracked.day_users_hour = hour
                born = tracked.record.first_seen // (_HOUR * SECOND)
                due.append((tracked.record, range(max(born, hour - _DAY // _HOUR), hour + 1)))
        spans = [[UserBucket(record.issue_id, "", _HOUR, hour) for hour in hours] for record, hours in due]
        changed = []
        for (record, _), count in zip(due, await self._state.count_users(spans), strict=True):
            if count != record.users:
                record.users = count
                changed.append(record)
        return changed

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


def _new_users(
    issue: str, tracked: Tracked, happened: Sequence[tuple[int, FlatEvent]], windows: Iterable[Series]
) -> dict[UserBucket, set[str]]:
    """Give the users that Redis has not been told of, by bucket, and remember them as told."""
    kinds = {(_HOUR, "")} | {(bucket_size(window), environment) for window, environment in windows}
    found: dict[UserBucket, set[str]] = {}
    for _, event in happened:
        if not event.user:
            continue
        for size, environment in kinds:
            if environment and environment != event.environment:
                continue
            bucket = event.received_at // (size * SECOND)
            known = tracked.known_users.get((size, bucket, environment))
            if known is None:
                _forget_older(tracked, size, bucket, environment)
                known = tracked.known_users[size, bucket, environment] = set()
            if event.user not in known:
                if len(known) < _KNOWN_USERS:
                    known.add(event.user)
                found.setdefault(UserBucket(issue, environment, size, bucket), set()).add(event.user)
    return found


def _forget_older(tracked: Tracked, size: int, bucket: int, environment: str) -> None:
    """Keep the bucket before this one, for events that come late."""
    for key in [k for k in tracked.known_users if k[0] == size and k[2] == environment and k[1] < bucket - 1]:
        del tracked.known_users[key]
