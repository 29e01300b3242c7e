"""The read step: everything a batch's decisions need, fetched at once, most of it from memory.

Nothing here changes what a decision depends on in a way that a second reading would not: users are added to
HyperLogLogs (twice is once), a short number that is not used leaves a gap, a release is noted once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from errata.alerts.windows import SlidingCount, bucket_size
from errata.contracts.flat_event import FlatEvent
from errata.contracts.messages import Command
from errata.contracts.times import SECOND
from errata.stores.redis.partition_state import PartitionState, Series, UserBucket
from errata.stores.redis.projects import Projects
from errata_tracker.rule_book import RuleBook
from errata_tracker.tracked import Tracked

EventsByIssue = Mapping[str, Sequence[tuple[int, FlatEvent]]]

_DAY: Series = (86_400, "")
_HOUR = 3_600
"""`IssueState.users` is counted in hours: 25 HyperLogLogs a day and issue, not 145."""
_KNOWN_USERS = 2_000
"""Hashes remembered a bucket: what a crowd adds above this is told to Redis again, which changes nothing."""


class Reader:
    """Issues of one partition, kept in memory as long as nobody else changes them."""

    def __init__(self, state: PartitionState, projects: Projects, book: RuleBook, limit: int) -> None:
        self._state = state
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

    async def fetch(self, events: EventsByIssue, commands: Iterable[Command]) -> dict[str, Tracked]:
        """Give every issue that the batch touches, by id, with all that deciding about it needs."""
        issues = await self._load([*events, *(command.issue_id for command in commands)])
        await self._name_new(events, issues)
        await self._count_users(events, issues)
        await self._meet_releases(events, issues)
        return issues

    async def load(self, ids: Iterable[str]) -> dict[str, Tracked]:
        """Give these issues as they are, without a batch."""
        return await self._load(ids)

    async def _load(self, ids: Iterable[str]) -> dict[str, Tracked]:
        wanted = dict.fromkeys(ids)
        missing = [issue for issue in wanted if issue not in self._issues]
        records = await self._state.records(missing)
        counts = await self._state.counts([i for i in records if self._book.rules(records[i].project).event_windows])
        for issue in missing:
            windows = {series: SlidingCount(series[0], buckets) for series, buckets in counts.get(issue, {}).items()}
            self._issues[issue] = Tracked(records.get(issue), windows)
        found = {}
        for issue in wanted:
            # Taken out and put in again, so that the first ones are those touched longest ago.
            found[issue] = self._issues[issue] = self._issues.pop(issue)
        return found

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
        """Tell Redis of users it may not know, then count anew in each window that grew or moved on."""
        added: dict[UserBucket, set[str]] = {}
        longest = _DAY[0]
        for issue, happened in events.items():
            windows = self._book.rules(happened[0][1].project).user_windows
            longest = max(longest, *(window for window, _ in windows), 0)
            added |= _new_users(issue, issues[issue], happened, windows)
        grown = {(b.issue, b.size, b.environment) for b in await self._state.add_users(added, longest)}
        asked: list[tuple[Tracked, Series]] = []
        spans: list[list[UserBucket]] = []
        for issue, happened in events.items():
            tracked = issues[issue]
            newest = max(event.received_at for _, event in happened) // SECOND
            for series in (_DAY, *self._book.rules(happened[0][1].project).user_windows):
                window, environment = series
                size = _HOUR if series == _DAY else bucket_size(window)
                counted_until = tracked.users_until.get(series, -1)
                until = max(newest // size, counted_until)
                if until > counted_until or (issue, size, environment) in grown:
                    tracked.users_until[series] = until
                    asked.append((tracked, series))
                    buckets = range(until - window // size, until + 1)
                    spans.append([UserBucket(issue, environment, size, bucket) for bucket in buckets])
        for (tracked, series), count in zip(asked, await self._state.count_users(spans), strict=True):
            if series == _DAY:
                tracked.day_users = count
            else:
                tracked.users[series] = count

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
