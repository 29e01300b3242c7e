"""Sliding windows and user counts as the rows in ClickHouse give them, for issues that come back to Redis."""

from collections import defaultdict
from collections.abc import Sequence

from errata.alerts.windows import SlidingCount, bucket_size
from errata.contracts.messages import IssueState
from errata.contracts.times import SECOND
from errata.stores.clickhouse import restore as lost
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.redis.partition_commit import Series
from errata_tracker.rule_book import RuleBook


def by_project(states: Sequence[IssueState]) -> dict[int, list[IssueState]]:
    """Give states sorted by project: rules, and rows in ClickHouse, are."""
    found: defaultdict[int, list[IssueState]] = defaultdict(list)
    for state in states:
        found[state.project].append(state)
    return found


async def count_windows(
    clickhouse: ClickHouse, states: Sequence[IssueState], now: int, book: RuleBook
) -> dict[str, dict[Series, SlidingCount]]:
    """Give the windows that end now (microseconds), by issue, as far as the states go; all of it is yet to be stored.

    Raises:
        Away, Refused: ClickHouse does not answer.

    """
    windows: defaultdict[str, dict[Series, SlidingCount]] = defaultdict(dict)
    for project, its in by_project(states).items():
        for window, environment in book.rules(project).event_windows:
            span = lost.Span(project, environment, now - window * SECOND, bucket_size(window))
            for issue, buckets in (await lost.event_counts(clickhouse, its, span)).items():
                count = SlidingCount(window, buckets)
                count.changed.update(count.buckets)
                windows[issue][window, environment] = count
    return windows
