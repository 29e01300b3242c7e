"""Rows for the tests of tables and queries, landed as the writer does."""

from collections import defaultdict
from collections.abc import Iterable

from errata.contracts.messages import Message, encode
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.inserts import Insert
from errata.stores.clickhouse.landing import Partition, Tenure
from errata_writer.rows import Bad, Place, Rows


async def land(clickhouse: ClickHouse, topic: str, values: Iterable[Message | bytes], first_offset: int = 0) -> None:
    """Land messages as records of partition 0 of a topic, one insert a table."""
    lines: dict[Insert, list[bytes]] = defaultdict(list)
    for offset, value in enumerate(values, first_offset):
        rows = Rows().of(Place(topic, 1, 0, offset), value if isinstance(value, bytes) else encode(value), 0)
        assert not isinstance(rows, Bad), rows.error
        for row in rows:
            lines[row.insert].append(row.line)
    partition = Partition(topic, 0)
    tenure = await Tenure.begin(clickhouse, [partition])
    for insert, of_table in lines.items():
        await tenure.insert(insert, of_table, [partition])
