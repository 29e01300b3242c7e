"""What a tracker needs to know again after Redis was lost: states, firings, counters and users, from the tables.

Everything is asked up to a position in one partition of `events`, so that what comes after it can be counted on top.
"""

from collections import defaultdict
from typing import NamedTuple

import msgspec

from errata.contracts.messages import IssueState
from errata.contracts.times import SECOND
from errata.stores.clickhouse.client import ClickHouse

_MOST_USERS = 100_000
"""Of one issue in one span; a HyperLogLog of more is not worth the memory to rebuild it."""


class Until(NamedTuple):
    """Rows of a partition of `events` before an offset, in this generation or an older one."""

    partition: int
    generation: int
    offset: int


class Memory(msgspec.Struct):
    """What an issue was seen in, oldest first."""

    releases: dict[str, int]
    environments: list[str]


_BEFORE = "partition_ = {partition:UInt16} AND (generation, offset_) < ({generation:UInt32}, {offset:UInt64})"
_decode = msgspec.json.Decoder(IssueState).decode


async def issue_states(db: ClickHouse, partition: int) -> list[IssueState]:
    """Give the last published state of each issue of a partition."""
    rows = await db.rows(
        "SELECT state FROM issues FINAL WHERE partition_ = {partition:UInt16}", {"partition": partition}
    )
    return [_decode(state) for (state,) in rows]


async def firings(db: ClickHouse, until: Until) -> dict[str, dict[str, tuple[int, int]]]:
    """Give for each issue and rule when it fired last (microseconds) and how often it has."""
    found: defaultdict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for issue, rule, last, times in await db.rows(
        """
        SELECT toString(issue_id), rule_id, toUnixTimestamp64Micro(max(fired_at)), uniqExact(id)
        FROM alerts
        WHERE partition_ = {partition:UInt16}
            AND (generation, events_offset) < ({generation:UInt32}, {offset:Int64})
        GROUP BY issue_id, rule_id
        """,
        until._asdict(),
    ):
        found[issue][rule] = (last, times)
    return found


async def memories(db: ClickHouse, until: Until) -> dict[str, Memory]:
    """Give for each issue the releases it was seen in, with how often, and the environments."""
    found: defaultdict[str, Memory] = defaultdict(lambda: Memory({}, []))
    for issue, release, environments, count in await db.rows(
        f"""
        SELECT toString(group_hash), release, groupUniqArray(environment), count()
        FROM events
        WHERE {_BEFORE}
        GROUP BY group_hash, release
        ORDER BY min(received_at)
        """,  # noqa: S608 - the text is our own
        until._asdict(),
    ):
        memory = found[issue]
        if release:
            memory.releases[release] = count
        memory.environments += (name for name in environments if name and name not in memory.environments)
    return found


async def newest(db: ClickHouse, until: Until) -> int:
    """Give the latest receive time of the partition, microseconds; 0 when it has no rows."""
    ((latest,),) = await db.rows(
        f"SELECT toUnixTimestamp64Micro(max(received_at)) FROM events WHERE {_BEFORE}",  # noqa: S608
        until._asdict(),
    )
    return int(latest)


class Span(NamedTuple):
    """Rows of one project in the time after a moment, cut into buckets."""

    project: int
    environment: str
    """Empty for all."""
    since: int
    """Microseconds."""
    bucket: int
    """Seconds."""


_IN_SPAN = f"""
    {_BEFORE} AND project = {{project:UInt64}} AND ({{environment:String}} IN ('', environment))
    AND received_at >= fromUnixTimestamp64Micro({{since:Int64}})
"""
_BUCKET = "intDiv(toUnixTimestamp64Micro(received_at), {bucket:Int64})"


async def event_counts(db: ClickHouse, until: Until, span: Span) -> dict[str, dict[int, int]]:
    """Give for each issue how many events fell in each bucket."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for issue, bucket, count in await db.rows(
        f"SELECT toString(group_hash), {_BUCKET} AS at, count() FROM events WHERE {_IN_SPAN} GROUP BY group_hash, at",  # noqa: S608
        _parameters(until, span),
    ):
        found[issue][bucket] = count
    return found


async def users(db: ClickHouse, until: Until, span: Span) -> dict[tuple[str, int], list[str]]:
    """Give the users of each issue and bucket."""
    rows = await db.rows(
        f"""
        SELECT toString(group_hash), {_BUCKET} AS at, groupUniqArray({_MOST_USERS})(user)
        FROM events WHERE user != '' AND {_IN_SPAN} GROUP BY group_hash, at
        """,  # noqa: S608
        _parameters(until, span),
    )
    return {(issue, bucket): found for issue, bucket, found in rows}


async def highest_numbers(db: ClickHouse) -> dict[int, int]:
    """Give for each project the highest number in a short id."""
    rows = await db.rows(
        "SELECT project, max(toUInt64OrZero(splitByChar('-', short_id)[-1])) FROM issues GROUP BY project"
    )
    return {project: number for project, number in rows}  # noqa: C416 - rows are not pairs to the type checker


async def releases_first_seen(db: ClickHouse, most: int) -> dict[int, dict[str, int]]:
    """Give for each project when it first saw each of so many releases, microseconds."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for project, release, seen in await db.rows(
        """
        SELECT project, release, toUnixTimestamp64Micro(min(received_at)) AS seen
        FROM events WHERE release != '' GROUP BY project, release ORDER BY seen LIMIT {most:UInt32} BY project
        """,
        {"most": most},
    ):
        found[project][release] = seen
    return found


def _parameters(until: Until, span: Span) -> dict[str, str | int]:
    return until._asdict() | span._asdict() | {"bucket": span.bucket * SECOND}
