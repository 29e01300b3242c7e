"""The part of the read step that counts people: each user once, in the windows that rules ask for and in a day.

Users stand in HyperLogLogs, one for each bucket of time, so a count is that of many together; to add one twice is to
add it once.
"""

from collections.abc import Iterable, Mapping, Sequence

from errata.alerts.windows import bucket_size
from errata.contracts.flat_event import FlatEvent
from errata.contracts.times import DAY, HOUR, SECOND
from errata.issues.record import IssueRecord
from errata.stores.redis.partition_commit import Series
from errata.stores.redis.partition_state import PartitionState, UserBucket
from errata_tracker.batch import Batch
from errata_tracker.rule_book import RuleBook
from errata_tracker.tracked import Tracked

DAY_SECONDS = DAY // SECOND
HOUR_SECONDS = HOUR // SECOND
"""`IssueState.users` is of a day, counted in buckets of an hour."""
_KNOWN_USERS = 2_000
"""Hashes remembered a bucket: what a crowd adds above this is told to Redis again, which changes nothing."""


class UserCounter:
    """Counts the users of one partition's issues."""

    def __init__(self, state: PartitionState, book: RuleBook) -> None:
        self._state = state
        self._book = book

    async def count(self, batch: Batch, issues: Mapping[str, Tracked]) -> None:
        """Tell Redis of users it may not know; bring the windows up to date that rules look at.

        A count is asked for only when it can have passed the least number that a rule looks for, since that of a long
        window of a busy issue takes Redis milliseconds: until then the last count and all users since are enough.
        """
        added: dict[UserBucket, set[str]] = {}
        longest = DAY_SECONDS
        for issue, happened in batch.events.items():
            windows = self._book.rules(happened[0][1].project).user_windows
            longest = max(longest, *(window for window, _ in windows), 0)
            added |= _new_users(issue, issues[issue], happened, windows)
        grown = await self._state.add_users(added, longest)
        growth: dict[tuple[str, int, str], int] = {}
        for bucket in grown:
            kind = (bucket.issue, bucket.size, bucket.environment)
            growth[kind] = growth.get(kind, 0) + len(added[bucket])
        counts = []
        for issue, happened in batch.events.items():
            tracked = issues[issue]
            tracked.day_users_grew |= (issue, HOUR_SECONDS, "") in growth
            newest = max(event.received_at for _, event in happened) // SECOND
            for series, least in self._book.rules(happened[0][1].project).user_windows.items():
                window, environment = series
                size = bucket_size(window)
                more = growth.get((issue, size, environment), 0)
                before = tracked.users.get(series)
                if before is not None and before + more <= least:
                    tracked.users[series] = before + more
                    continue
                until = max(newest // size, tracked.users_until.get(series, -1))
                if more or before is None or until > tracked.users_until.get(series, -1):
                    tracked.users_until[series] = until
                    buckets = range(until - window // size, until + 1)
                    counts.append((tracked, series, [UserBucket(issue, environment, size, b) for b in buckets]))
        answers = await self._state.count_users([buckets for *_, buckets in counts])
        for (tracked, series, _), count in zip(counts, answers, strict=True):
            tracked.users[series] = count

    async def count_day(self, issues: Mapping[str, Tracked]) -> list[IssueRecord]:
        """Bring `users` of these issues up to date; give the records that changed.

        This is done when a state is told, not at every batch: it reads 25 HyperLogLogs.
        """
        due = []
        for tracked in issues.values():
            hour = tracked.record.last_seen // (HOUR_SECONDS * SECOND) if tracked.record else 0
            if tracked.record and (tracked.day_users_grew or hour > tracked.day_users_hour):
                tracked.day_users_grew = False
                tracked.day_users_hour = hour
                born = tracked.record.first_seen // (HOUR_SECONDS * SECOND)
                due.append((tracked.record, range(max(born, hour - DAY_SECONDS // HOUR_SECONDS), hour + 1)))
        spans = [[UserBucket(record.issue_id, "", HOUR_SECONDS, hour) for hour in hours] for record, hours in due]
        changed = []
        for (record, _), count in zip(due, await self._state.count_users(spans), strict=True):
            if count != record.users:
                record.users = count
                changed.append(record)
        return changed


def _new_users(
    issue: str, tracked: Tracked, happened: Sequence[tuple[int, FlatEvent]], windows: Iterable[Series]
) -> dict[UserBucket, set[str]]:
    """Give the users that Redis has not been told of, by bucket, and remember them as told."""
    kinds = {(HOUR_SECONDS, "")} | {(bucket_size(window), environment) for window, environment in windows}
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
