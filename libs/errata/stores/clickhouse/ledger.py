"""Questions of the audit: how the items of a stretch of the ledger ended, whether issues agree with their events."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from errata.contracts import topics
from errata.stores.clickhouse.client import ClickHouse

# Where an item of a ledger can have ended: as rows of these tables, or as an outcome whose row came by this topic.
_TABLES = {topics.INGEST: ("events",), topics.INGEST_SESSIONS: ("sessions", "feedback", "attachments")}
_TOPIC_OF_OUTCOMES = {topics.INGEST: topics.OUTCOMES, topics.INGEST_SESSIONS: topics.INGEST_SESSIONS}
# The tables' own time, by which their days are pruned.
_TIMES = {
    "events": "received_at",
    "sessions": "received_at",
    "feedback": "received_at",
    "attachments": "received_at",
    "outcomes": "at",
}
# How far back packs that Kafka has deleted must have left rows: an audit a day sees each loss, at a bounded cost.
_REMEMBERED_DAYS = 7
# Older issues may have lost events to the TTL of `events` (90 days).
_COUNTED_DAYS = 89


class Stretch(NamedTuple):
    """Offsets of one partition of a ledger topic, both ends included."""

    topic: str
    generation: int
    partition: int
    first: int
    last: int


class Ending(NamedTuple):
    """One row that an item ended in."""

    offset: int
    item: int
    part: int
    parts: int
    how: str
    """`stored`, or the kind of outcome."""


class WrongCount(NamedTuple):
    """An issue whose count is not the number of its events."""

    project: int
    issue_id: str
    said: int
    stored: int


async def whole_items(clickhouse: ClickHouse, stretch: Stretch) -> dict[int, tuple[int, int]]:
    """Give for each pack in a stretch (by offset) how many items ended in any way, and how many exactly once."""
    rows = await clickhouse.rows(
        f"""
        SELECT offset, count(), countIf(rows = parts AND distinct_parts = parts)
        FROM
        (
            SELECT offset, item, count() AS rows, uniqExact(part) AS distinct_parts, max(parts_) AS parts
            FROM ({_endings(stretch)}) GROUP BY offset, item
        )
        GROUP BY offset
        """,  # noqa: S608 - our own words
        _parameters(stretch),
    )
    return {offset: (ended, whole) for offset, ended, whole in rows}


async def endings(clickhouse: ClickHouse, stretch: Stretch, offsets: Collection[int]) -> list[Ending]:
    """Give every row that the items of some packs ended in."""
    rows = await clickhouse.rows(
        f"SELECT offset, item, part, parts_, how FROM ({_endings(stretch)})"  # noqa: S608
        " WHERE offset IN ({offsets:Array(UInt64)}) ORDER BY ALL",
        _parameters(stretch) | {"offsets": list(offsets)},
    )
    return [Ending(*row) for row in rows]


async def read_before(
    clickhouse: ClickHouse, topic: str, generation: int, ends: Mapping[int, int]
) -> list[tuple[int, int, int]]:
    """Give for each partition of a ledger the first pack of the last week that left rows, and how many packs before
    the partition's end did, from that one on. Every pack leaves one, and packs are numbered without gaps.
    """
    tables = (*_TABLES[topic], "outcomes")
    parameters = {
        "generation": generation,
        "topic": _TOPIC_OF_OUTCOMES[topic],
        "partitions": list(ends),
        "ends": list(ends.values()),
        "days": _REMEMBERED_DAYS,
    }

    def offsets(table: str, condition: str) -> str:
        of_topic = "topic = {topic:String} AND " if table == "outcomes" else ""
        return (
            f"SELECT origin_partition AS partition, origin_offset AS offset FROM {table}"  # noqa: S608 - our own words
            f" WHERE {of_topic}origin_generation = {{generation:UInt32}} AND {condition}"
            " AND offset < transform(partition, {partitions:Array(UInt16)}, {ends:Array(UInt64)}, toUInt64(0))"
        )

    of_the_week = " UNION ALL ".join(
        offsets(table, f"{_TIMES[table]} > now() - toIntervalDay({{days:UInt16}})") for table in tables
    )
    firsts = await clickhouse.rows(
        f"SELECT partition, min(offset) FROM ({of_the_week}) GROUP BY partition",  # noqa: S608
        parameters,
    )
    # By offset alone from here on: a pack that lay in a spool for days was received long before its neighbours.
    from_firsts = " UNION ALL ".join(
        offsets(
            table,
            "origin_offset >= {lowest:UInt64} AND origin_offset >="
            " transform(origin_partition, {known:Array(UInt16)}, {firsts:Array(UInt64)}, toUInt64(-1))",
        )
        for table in tables
    )
    known = {
        "known": [partition for partition, _ in firsts],
        "firsts": [first for _, first in firsts],
        "lowest": min((first for _, first in firsts), default=0),
    }
    rows = await clickhouse.rows(
        f"SELECT partition, min(offset), groupBitmap(offset) FROM ({from_firsts}) GROUP BY partition",  # noqa: S608
        parameters | known,
    )
    return [(partition, first, there) for partition, first, there in rows]


async def sums(clickhouse: ClickHouse, stretch: Stretch) -> Counter[str]:
    """Give how many rows of a stretch ended how."""
    rows = await clickhouse.rows(
        f"SELECT how, count() FROM ({_endings(stretch)}) GROUP BY how",  # noqa: S608
        _parameters(stretch),
    )
    return Counter(dict(rows))  # type: ignore[arg-type] # pairs


async def wrong_counts(clickhouse: ClickHouse, generation: int) -> list[WrongCount]:
    """Give the issues whose count differs from the events that are stored up to the one that the state speaks of."""
    rows = await clickhouse.rows(
        """
        SELECT events.project, events.group_hash, any(said.count), countIf(events.offset_ <= said.events_offset)
        FROM events
        INNER JOIN
        (
            SELECT project, issue_id, count, events_offset FROM issues FINAL
            WHERE generation = {generation:UInt32} AND first_seen > now() - toIntervalDay({days:UInt16})
        ) AS said ON events.project = said.project AND events.group_hash = said.issue_id
        WHERE events.generation = {generation:UInt32}
        GROUP BY events.project, events.group_hash
        HAVING any(said.count) != countIf(events.offset_ <= said.events_offset)
        ORDER BY ALL
        UNION ALL
        SELECT project, issue_id, count, 0 FROM issues FINAL
        WHERE generation = {generation:UInt32} AND first_seen > now() - toIntervalDay({days:UInt16}) AND count > 0
            AND (project, issue_id) NOT IN (SELECT project, group_hash FROM events)
        """,
        {"generation": generation, "days": _COUNTED_DAYS},
    )
    return [WrongCount(*row) for row in rows]


async def groups_without_issue(
    clickhouse: ClickHouse, generation: int, positions: Mapping[int, int]
) -> list[tuple[int, str]]:
    """Give project and hash of each group with an event before the tracker's position, but without an issue."""
    rows = await clickhouse.rows(
        """
        SELECT DISTINCT project, group_hash FROM events
        WHERE generation = {generation:UInt32}
            AND offset_ < transform(partition_, {partitions:Array(UInt16)}, {positions:Array(UInt64)}, toUInt64(0))
            AND (project, group_hash) NOT IN (SELECT project, issue_id FROM issues)
        ORDER BY ALL
        """,
        {"generation": generation, "partitions": list(positions), "positions": list(positions.values())},
    )
    return [(project, group) for project, group in rows]


async def announced_twice(clickhouse: ClickHouse) -> list[tuple[int, str]]:
    """Give project and id of each issue that was announced new under several transition ids."""
    rows = await clickhouse.rows(
        "SELECT project, issue_id FROM transitions WHERE kind = 'created'"
        " GROUP BY project, issue_id HAVING uniqExact(id) > 1 ORDER BY ALL"
    )
    return [(project, issue) for project, issue in rows]


async def repeated_ids(clickhouse: ClickHouse, table: str) -> int:
    """Give how many ids of `alerts` or `transitions` stand there more than once."""
    ((count,),) = await clickhouse.rows(
        f"SELECT count() FROM (SELECT id FROM {table} GROUP BY id HAVING count() > 1)"  # noqa: S608
    )
    return int(count)


def _parameters(stretch: Stretch) -> dict[str, int | str]:
    return {
        "generation": stretch.generation,
        "partition": stretch.partition,
        "first": stretch.first,
        "last": stretch.last,
        "topic": _TOPIC_OF_OUTCOMES[stretch.topic],
    }


def _endings(stretch: Stretch) -> str:
    columns = "origin_offset AS offset, origin_index AS item, origin_part AS part, origin_parts AS parts_"
    within = (
        "origin_generation = {generation:UInt32} AND origin_partition = {partition:UInt16}"
        " AND origin_offset BETWEEN {first:UInt64} AND {last:UInt64}"
    )
    stored = [
        f"SELECT {columns}, 'stored' AS how FROM {table} WHERE {within}"  # noqa: S608 - our own words
        for table in _TABLES[stretch.topic]
    ]
    ended = (
        f"SELECT {columns}, toString(outcome) AS how FROM outcomes"  # noqa: S608
        f" WHERE topic = {{topic:String}} AND {within}"
    )
    return " UNION ALL ".join([*stored, ended])
