"""Rows land once: a replaced owner lands nothing, and a new one sees what is there."""

import asyncio

import pytest
from tests.services.errata_writer.builders import event, item

from errata.contracts.messages import encode
from errata.contracts.pack import ItemFormat, encode_pack
from errata.stores.clickhouse.client import ClickHouse, Refused
from errata.stores.clickhouse.inserts import EVENTS
from errata.stores.clickhouse.landing import Fenced, Partition, RowKey, Tenure
from errata.stores.clickhouse.ledger import Stretch, whole_items
from errata_writer.rows import Bad, Place, Rows

pytestmark = pytest.mark.stack

ONE, OTHER = Partition("events", 1), Partition("events", 11)


def lines(partition: Partition, offsets: range) -> list[bytes]:
    found = []
    for offset in offsets:
        rows = Rows().of(Place("events", 1, partition.number, offset), encode(event(offset)), 0)
        assert not isinstance(rows, Bad)
        found += [row.line for row in rows]
    return found


async def count(clickhouse: ClickHouse, table: str = "events") -> int:
    ((number,),) = await clickhouse.rows(f"SELECT count() FROM {table}")
    return int(number)


async def test_a_replaced_owner_lands_nothing(clickhouse: ClickHouse) -> None:
    old = await Tenure.begin(clickhouse, [ONE, OTHER])
    await old.insert(EVENTS, lines(ONE, range(5)), [ONE])
    new = await Tenure.begin(clickhouse, [ONE])
    with pytest.raises(Fenced):
        await old.insert(EVENTS, lines(ONE, range(5, 9)), [ONE])
    with pytest.raises(Fenced):
        await old.insert(EVENTS, lines(ONE, range(5, 9)) + lines(OTHER, range(5)), [ONE, OTHER])
    await old.insert(EVENTS, lines(OTHER, range(3)), [OTHER])
    await new.insert(EVENTS, lines(ONE, range(5, 6)), [ONE])
    assert await count(clickhouse) == 9


async def test_of_several_that_take_over_at_once_one_may_insert(clickhouse: ClickHouse) -> None:
    tenures = await asyncio.gather(*(Tenure.begin(clickhouse, [ONE]) for _ in range(4)))
    results = await asyncio.gather(
        *(tenure.insert(EVENTS, lines(ONE, range(1)), [ONE]) for tenure in tenures), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Fenced", "Fenced", "Fenced", "NoneType"]


async def test_a_new_owner_sees_what_is_there(clickhouse: ClickHouse) -> None:
    old = await Tenure.begin(clickhouse, [ONE, OTHER])
    await old.insert(EVENTS, lines(ONE, range(10)) + lines(OTHER, range(100, 103)), [ONE, OTHER])
    new = await Tenure.begin(clickhouse, [ONE, OTHER])
    here = await new.present(1, {ONE: 8, OTHER: 0})
    assert here == {ONE: {RowKey(8, 0), RowKey(9, 0)}, OTHER: {RowKey(100, 0), RowKey(101, 0), RowKey(102, 0)}}
    assert await new.present(2, {ONE: 0}) == {ONE: set()}


async def test_of_old_fences_the_highest_alone_is_kept(clickhouse: ClickHouse) -> None:
    for _ in range(5):
        tenure = await Tenure.begin(clickhouse, [ONE, OTHER])
    await Tenure.begin(clickhouse, [OTHER])
    await clickhouse.command("CREATE TABLE before ENGINE = Memory AS SELECT * FROM fences")
    await clickhouse.command("TRUNCATE TABLE fences")
    await clickhouse.command(
        "INSERT INTO fences (topic, partition_, epoch, owner, raised_at)"
        " SELECT topic, partition_, epoch, owner, now() - INTERVAL 2 DAY FROM before"
    )
    await clickhouse.command("OPTIMIZE TABLE fences FINAL")
    assert await clickhouse.rows("SELECT partition_, count(), max(epoch) FROM fences GROUP BY ALL ORDER BY ALL") == [
        (1, 1, 5),
        (11, 1, 6),
    ]
    await tenure.insert(EVENTS, lines(ONE, range(1)), [ONE])
    with pytest.raises(Fenced):
        await tenure.insert(EVENTS, lines(OTHER, range(1)), [OTHER])


async def test_rows_of_one_record_are_seen_one_by_one(clickhouse: ClickHouse) -> None:
    partition = Partition("ingest-sessions", 0)
    pack = encode_pack((item(ItemFormat.SENTRY_SESSION, b'{"sid": "a"}'), item(ItemFormat.SENTRY_CHECK_IN, b"{}")))
    rows = Rows().of(Place("ingest-sessions", 1, 0, 4), pack, 0)
    assert not isinstance(rows, Bad)
    session, check_in = rows
    tenure = await Tenure.begin(clickhouse, [partition])
    await tenure.insert(check_in.insert, [check_in.line], [partition])
    assert await tenure.present(1, {partition: 0}) == {partition: {RowKey(4, check_in.number)}}
    await tenure.insert(session.insert, [session.line], [partition])
    assert await tenure.present(1, {partition: 0}) == {partition: {RowKey(4, 0), RowKey(4, check_in.number)}}


async def test_feedback_lands_beside_sessions_and_is_seen_as_well(clickhouse: ClickHouse) -> None:
    partition = Partition("ingest-sessions", 0)
    report = item(ItemFormat.SENTRY_USER_REPORT, b'{"event_id": "%032x", "name": "Ann", "comments": "it broke"}' % 7)
    pack = encode_pack((item(ItemFormat.SENTRY_SESSION, b'{"sid": "a"}'), report, report))
    rows = Rows().of(Place("ingest-sessions", 1, 0, 4), pack, 0)
    assert not isinstance(rows, Bad)
    tenure = await Tenure.begin(clickhouse, [partition])
    for row in rows:
        await tenure.insert(row.insert, [row.line], [partition])
    assert await tenure.present(1, {partition: 0}) == {partition: {RowKey(4, row.number) for row in rows}}
    assert await count(clickhouse, "sessions") == 1
    ledger_of_pack = Stretch("ingest-sessions", 1, 0, 0, 9)
    assert await whole_items(clickhouse, ledger_of_pack) == {4: (3, 3)}
    await (await Tenure.begin(clickhouse, [ONE])).insert(EVENTS, lines(ONE, range(7, 8)), [ONE])
    said = await clickhouse.rows("SELECT name, message, source, issue FROM user_feedback")
    assert said == [("Ann", "it broke", "user_report", event(7).group_hash)] * 2


async def test_an_insert_that_cannot_be_read_lands_nothing(clickhouse: ClickHouse) -> None:
    tenure = await Tenure.begin(clickhouse, [ONE])
    bad = lines(ONE, range(1))[0].replace(b'"group_hash":"', b'"group_hash":"much too long for it ')
    with pytest.raises(Refused) as refused:
        await tenure.insert(EVENTS, [*lines(ONE, range(1, 500)), bad, *lines(ONE, range(500, 600))], [ONE])
    assert refused.value.about_rows
    assert "much too long" not in str(refused.value)
    assert await count(clickhouse) == 0


async def test_every_field_of_an_event_comes_back(clickhouse: ClickHouse) -> None:
    message = event(
        7, message="ü\x00\n'\"\\", redactions={"creditcard": 2}, trace_id="4bf9", handled=False, timestamp=1
    )
    tenure = await Tenure.begin(clickhouse, [ONE])
    rows = Rows().of(Place("events", 1, 1, 99), encode(message), 0)
    assert not isinstance(rows, Bad)
    await tenure.insert(EVENTS, [rows[0].line], [ONE])
    names, ((*values,),) = await clickhouse.table("SELECT * FROM events")
    stored = dict(zip(names, values, strict=True))
    for name in (
        "project",
        "group_hash",
        "event_id",
        "level",
        "message",
        "tags",
        "redactions",
        "trace_id",
        "user",
        "handled",
    ):
        assert stored[name] == getattr(message, name), name
    assert stored["payload"] == bytes(message.payload).decode()
    assert stored["fingerprint"] == list(message.fingerprint)
    assert (stored["partition_"], stored["offset_"], stored["origin_offset"], stored["origin_parts"]) == (1, 99, 7, 1)
    assert round(stored["received_at"].timestamp() * 1_000_000) == message.received_at
    assert (stored["received_at"] - stored["timestamp"]).days == 30
