"""`errata trace EVENT_ID`: each hop of one event, where it is and when it came there, and what is missing."""

from collections.abc import Collection
from typing import NamedTuple

import msgspec
from aiokafka import ConsumerRecord
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from errata.contracts.times import HOUR, now, to_datetime, to_micros
from errata.contracts.topics import ALERTS, DEAD_LETTERS, EVENTS, INGEST, ISSUES, OUTCOMES, TRANSITIONS
from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.kafka.scan import record_at, scan
from errata_cli.commands.run import progress_bars, run
from errata_cli.trace.records import READERS, Found, ItemPlace, Wanted

CLICKHOUSE = "ClickHouse"
_ROWS = "SELECT received_at, partition_, offset_ FROM events WHERE event_id IN {ids:Array(String)}"


class Hop(NamedTuple):
    """One place where the event is."""

    where: str
    """A topic, or ClickHouse."""
    at: int
    """When it came there; microseconds since 1970, UTC."""
    place: str
    """Partition and offset."""
    found: Found


def trace(event_id: str, *, hours: int = 24) -> int:
    """Show each hop of one event; ends with 1 when it is nowhere, or not where it should be by now.

    Reads what the topics took in the last hours: nothing in them is sorted by event id. Ends with 2 when Kafka does
    not answer.

    Example: `errata trace 9b1d4ea2c8f04e7d9a52f0c1d3b7a684 --hours 2`

    Parameters
    ----------
    event_id
        The event's id as in the client's log or in ClickHouse; with or without dashes.
    hours
        How many hours to look back.

    """
    hops, away = run(_trace(load(CommonSettings), event_id.replace("-", "").lower(), max(0, now() - hours * HOUR)))
    console = Console(markup=False, highlight=False)
    table = Table("where", "when", "place", "what", box=None, pad_edge=False)
    for hop in hops:
        table.add_row(hop.where, f"{to_datetime(hop.at):%Y-%m-%d %H:%M:%S.%f}"[:-3], hop.place, hop.found.what)
    if hops:
        console.print(table)
    lines = missing({hop.where for hop in hops}, reachable=not away)
    for line in (*away, *lines):
        console.print(line)
    return 1 if lines else 0


def missing(there: Collection[str], *, reachable: bool = True) -> list[str]:
    """Say where the event should be and is not, given where it is; `reachable` is about ClickHouse."""
    if not there:
        return ["Nothing of it is in Kafka or ClickHouse: it was refused, it is older, or it never came."]
    lines = []
    if INGEST in there and not {EVENTS, OUTCOMES} & set(there):
        lines.append("It has not been processed yet: see `errata status`.")
    if EVENTS in there and CLICKHOUSE not in there and reachable:
        lines.append("It is not in ClickHouse yet: see `errata status`.")
    if EVENTS in there and ISSUES not in there:
        lines.append("The tracker has not published its issue yet: see `errata status`.")
    return lines


async def _trace(settings: CommonSettings, event_id: str, since: int) -> tuple[list[Hop], list[str]]:
    with progress_bars() as progress:

        async def find(topic: str, wanted: Wanted, since: int) -> list[Hop]:
            return await _find(settings, topic, wanted, since, progress)

        one = Wanted(frozenset({event_id}))
        hops = await find(INGEST, one, since)
        sent = Wanted(one.ids, frozenset(hop.found.item for hop in hops if hop.found.item))
        for topic in (EVENTS, OUTCOMES, DEAD_LETTERS):
            hops += await find(topic, sent, since)
        origins = frozenset(hop.found.item for hop in hops if hop.found.item) - sent.items
        hops = await _at_origins(settings, origins) + hops
        # An issue stands under its group, and its state lies as far back as its last change.
        for group in {hop.found.group for hop in hops if hop.found.group}:
            hops += (await find(ISSUES, Wanted(frozenset({group})), 0))[-1:]
        events = Wanted(one.ids | {hop.found.event_id for hop in hops if hop.where == EVENTS})
        for topic in (TRANSITIONS, ALERTS):
            hops += await find(topic, events, since)
    try:
        return hops + await _rows(settings, events.ids), []
    except (Away, Refused) as error:
        return hops, [f"ClickHouse does not answer: {error}."]


async def _find(settings: CommonSettings, topic: str, wanted: Wanted, since: int, progress: Progress) -> list[Hop]:
    """Give the hops in one topic, oldest first."""
    bar = progress.add_task(topic, total=None)
    words = wanted.words()
    hops: list[Hop] = []
    async for record in scan(
        settings, topic, since=since, progress=lambda done, total: progress.update(bar, completed=done, total=total)
    ):
        if record.value is not None and any(word in record.value for word in words):
            hops += _hops(topic, record, wanted)
    return sorted(hops, key=lambda hop: hop.at)


async def _at_origins(settings: CommonSettings, items: Collection[ItemPlace]) -> list[Hop]:
    """Give the hops in `ingest` of items whose own id is not the one that was asked for."""
    hops: list[Hop] = []
    for item in items:
        record = await record_at(settings, INGEST, item.partition, item.offset)
        if record is not None:
            hops += _hops(INGEST, record, Wanted(items=frozenset({item})))
    return hops


def _hops(topic: str, record: ConsumerRecord, wanted: Wanted) -> list[Hop]:
    try:
        found = list(READERS[topic](record.value, wanted, record.partition, record.offset))
    except msgspec.DecodeError:
        found = [Found("a record that names it and cannot be read")]
    return [Hop(topic, record.timestamp * 1000, f"{record.partition}:{record.offset}", one) for one in found]


async def _rows(settings: CommonSettings, event_ids: Collection[str]) -> list[Hop]:
    async with await ClickHouse.connect(settings.clickhouse) as clickhouse:
        rows = await clickhouse.rows(_ROWS, {"ids": list(event_ids)})
    return [
        Hop(CLICKHOUSE, to_micros(received_at), f"{partition}:{offset}", Found("received then; place in `events`"))
        for received_at, partition, offset in rows
    ]
