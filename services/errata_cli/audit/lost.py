"""Records that Kafka deleted unread: an outage was longer than retention, or a position was moved past them."""

from collections.abc import Mapping

import msgspec

from errata.stores.clickhouse import ledger
from errata.stores.clickhouse.client import ClickHouse
from errata_cli.audit.positions import Positions


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one partition that are gone, and that a group never read."""

    group: str
    topic: str
    partition: int
    first: int
    """Offset from which on records are lacking."""
    end: int
    """Offset before which they are lacking."""
    records: int

    def describe(self) -> str:
        """Give it in words."""
        return (
            f"{self.records:,} records of {self.topic}, partition {self.partition}, between offsets {self.first} and"
            f" {self.end}, were deleted before the {self.group} read them"
        )


async def deleted_unread(positions: Positions) -> list[Lost]:
    """Give what lies between the position that a group committed and the beginning of the log."""
    found = []
    for group, topic in positions.readings():
        at = await positions.committed(group, topic)
        for partition, start in (await positions.starts(topic)).items():
            first = at.get(partition, 0)
            if first < start:
                records = start - first
                found.append(
                    Lost(group=group, topic=topic, partition=partition, first=first, end=start, records=records)
                )
    return found


async def without_rows(
    clickhouse: ClickHouse, generation: int, topic: str, *, group: str, ends: Mapping[int, int]
) -> list[Lost]:
    """Give what a position was moved past: packs of the last week that left no row.

    Args:
        clickhouse: where the rows are.
        generation: of the topics.
        topic: a ledger, without the prefix.
        group: who reads it.
        ends: by partition, the offset before which packs are gone and the group has passed; later ones are judged one
            by one, or told by `deleted_unread`.

    """
    return [
        Lost(group=group, topic=topic, partition=partition, first=first, end=ends[partition], records=lacking)
        for partition, first, there in await ledger.read_before(clickhouse, topic, generation, ends)
        if (lacking := ends[partition] - first - there) > 0
    ]
