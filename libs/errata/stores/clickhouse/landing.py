"""Inserts that happen once, whoever dies when: fences, what is already here, and the insert itself.

A writer that takes over partitions raises their fence under a name that nobody had before. Every insert checks, in the
statement itself, that the fences of all its rows are still its own, so an owner that was replaced (paused, cut off)
can insert no more; what it had running is killed. Then nobody but the new owner changes what rows are here, and it
can look: an insert is several parts, so after a crash some rows of a batch may be here and some not.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from errata.contracts import topics
from errata.stores.clickhouse.client import ClickHouse, Refused
from errata.stores.clickhouse.inserts import Insert

# Where the rows of a topic's records are, besides those in `outcomes` that name the topic.
TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        topics.EVENTS: ("events",),
        topics.ISSUES: ("issues",),
        topics.TRANSITIONS: ("transitions",),
        topics.ALERTS: ("alerts",),
        topics.INGEST_SESSIONS: ("sessions", "feedback", "attachments"),
        topics.OUTCOMES: (),
    }
)
# Tables of packs, where one record makes several rows.
_NUMBERED = frozenset({"sessions", "feedback", "attachments"})
_SETTINGS = MappingProxyType(
    {
        # One block, one thread: rows of one day land in one part, and an insert that cannot be read lands nothing.
        "max_insert_threads": 1,
        "input_format_parallel_parsing": 0,
        "input_format_skip_unknown_fields": 1,
        # A message of a newer version may know more; a nested object where text is asked for is taken as it stands.
        "input_format_json_read_objects_as_strings": 1,
        # The answer means that the rows are in a part.
        "async_insert": 0,
        # A batch that is sent again after a take-over has other rows; tokens have lost rows in kills.
        "insert_deduplicate": 0,
    }
)


class Partition(NamedTuple):
    """A partition of a topic, the topic without its prefix."""

    topic: str
    number: int


class RowKey(NamedTuple):
    """Which row of which record of a partition."""

    offset: int
    row: int


class Fenced(Exception):  # noqa: N818
    """Somebody else has taken over a partition; the insert did not land."""


class Tenure:
    """The right to insert the rows of some partitions, until somebody takes one of them over."""

    def __init__(self, clickhouse: ClickHouse, owner: str) -> None:
        self._clickhouse = clickhouse
        self._owner = owner

    @classmethod
    async def begin(cls, clickhouse: ClickHouse, partitions: Collection[Partition]) -> "Tenure":
        """Take partitions over: from here on no insert but ours lands rows of them, and none is under way.

        Raises:
            Away, Refused: ClickHouse does not do it; begin again.

        """
        tenure = cls(clickhouse, uuid.uuid4().hex)
        if partitions:
            await clickhouse.command(
                "INSERT INTO fences (topic, partition_, epoch, owner)"
                " SELECT pair.1, pair.2, (SELECT max(epoch) FROM fences) + 1, {owner:String}"
                " FROM (SELECT arrayJoin({partitions:Array(Tuple(String, UInt16))}) AS pair)",
                {"owner": tenure._owner, "partitions": [tuple(partition) for partition in partitions]},
            )
            # A fence is looked at when an insert begins; those that began before ours are ended. SYNC waits for that.
            marks = ", ".join(f"'{_mark(partition)}'" for partition in partitions)
            await clickhouse.command(
                f"KILL QUERY WHERE startsWith(query_id, 'errata-writer,') AND multiSearchAny(query_id, [{marks}]) SYNC"
            )
        return tenure

    async def present(self, generation: int, starts: Mapping[Partition, int]) -> dict[Partition, set[RowKey]]:
        """Give which rows are here of records at or after an offset, for each partition."""
        found: dict[Partition, set[RowKey]] = {partition: set() for partition in starts}
        for topic, tables in TABLES.items():
            offsets = {partition.number: start for partition, start in starts.items() if partition.topic == topic}
            if not offsets:
                continue
            parameters = {
                "topic": topic,
                "generation": generation,
                "partitions": list(offsets),
                "starts": list(offsets.values()),
                "lowest": min(offsets.values()),
            }
            questions = [_question("outcomes", "row_", "topic = {topic:String} AND ")]
            questions += [_question(table, "row_" if table in _NUMBERED else "0", "") for table in tables]
            for question in questions:
                for partition, offset, row in await self._clickhouse.rows(question, parameters):
                    found[Partition(topic, partition)].add(RowKey(offset, row))
        return found

    async def insert(self, insert: Insert, lines: Iterable[bytes], partitions: Collection[Partition]) -> None:
        """Insert rows, JSON lines, of records of these partitions.

        Raises:
            Fenced: one of the partitions is somebody else's by now; nothing landed.
            Refused: with `about_rows`, a row cannot be read and nothing landed; else anything may have.
            Away: the rows may have landed or not, wholly or in part: begin a new tenure to know.

        """
        pairs = ", ".join(f"('{topic}', {number})" for topic, number in partitions)
        fence = (
            f"throwIf((SELECT countIf(holder.2 = '{self._owner}') FROM"  # noqa: S608
            f" (SELECT max((epoch, owner)) AS holder FROM fences WHERE (topic, partition_) IN ({pairs})"
            f" GROUP BY topic, partition_)) != {len(partitions)}, 'fenced') = 0"
        )
        query_id = "errata-writer," + "".join(map(_mark, partitions)) + uuid.uuid4().hex
        try:
            await self._clickhouse.insert(insert.sql(fence), lines, query_id=query_id, settings=_SETTINGS)
        except Refused as refused:
            if refused.thrown:
                raise Fenced from None
            raise


def _mark(partition: Partition) -> str:
    """Give a partition as it stands in the query ids of inserts."""
    return f"{partition.topic}/{partition.number},"


def _question(table: str, row: str, condition: str) -> str:
    # By offset alone: how long a record has waited in a relay's spool before it came here is not known, so a bound on
    # its time could miss rows. The index on offsets leaves out older parts; where one partition is far busier than
    # another it cannot, and three narrow columns are read: 0.15 s for 8 million events of 90 days, once a take-over.
    return (
        f"SELECT partition_, offset_, {row} FROM {table}"  # noqa: S608 - our own words
        f" WHERE {condition}generation = {{generation:UInt32}} AND offset_ >= {{lowest:UInt64}}"
        " AND offset_ >= transform(partition_, {partitions:Array(UInt16)}, {starts:Array(UInt64)},"
        " toUInt64(18446744073709551615))"
    )
