"""`errata trace EVENT_ID`: each hop of one event, where it is and when it came there, and what is missing."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from errata.contracts.messages import Alert, IssueState, Outcome, ProcessedEvent, Transition
from errata.contracts.pack import decode_dead_letter, decode_pack
from errata.contracts.times import HOUR, now, to_datetime, to_micros
from errata.contracts.topics import ALERTS, DEAD_LETTERS, EVENTS, INGEST, ISSUES, OUTCOMES, TRANSITIONS
from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.kafka.scan import scan

CLICKHOUSE = "ClickHouse"
_ROW = "SELECT received_at, partition_, offset_ FROM events WHERE event_id = {id:String}"


class Hop(NamedTuple):
    """One place where the event is."""

    where: str
    """A topic, or ClickHouse."""
    at: int
    """When it came there; microseconds since 1970, UTC."""
    place: str
    """Partition and offset."""
    what: str
    group: str
    """The group hash, where the place names it."""


def trace(event_id: str, *, hours: int = 24) -> int:
    """Show each hop of one event; ends with 1 when it is nowhere, or not where it should be by now.

    Reads what the topics took in the last hours: nothing in them is sorted by event id.

    Parameters
    ----------
    event_id
        As in the client's log or in ClickHouse; with or without dashes.
    hours
        How far to look back.

    """
    hops, away = asyncio.run(
        _trace(load(CommonSettings), event_id.replace("-", "").lower(), max(0, now() - hours * HOUR))
    )
    console = Console()
    table = Table("where", "when", "place", "what", box=None, pad_edge=False)
    for hop in hops:
        table.add_row(hop.where, f"{to_datetime(hop.at):%Y-%m-%d %H:%M:%S.%f}"[:-3], hop.place, hop.what)
    if hops:
        console.print(table)
    for line in away:
        console.print(line)
    lines = missing({hop.where for hop in hops}, reachable=not away)
    for line in lines:
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
    hops: list[Hop] = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for topic in (INGEST, EVENTS, OUTCOMES, DEAD_LETTERS):
            hops += await _find(settings, topic, event_id, since, progress)
        # An issue stands under its group, and its state lies as far back as its last change.
        for group in {hop.group for hop in hops if hop.group}:
            hops += (await _find(settings, ISSUES, group, 0, progress))[-1:]
        for topic in (TRANSITIONS, ALERTS):
            hops += await _find(settings, topic, event_id, since, progress)
    try:
        return hops + await _rows(settings, event_id), []
    except (Away, Refused) as error:
        return hops, [f"ClickHouse does not answer: {error}."]


async def _find(settings: CommonSettings, topic: str, word: str, since: int, progress: Progress) -> list[Hop]:
    """Give the hops in one topic: what its reader finds in the records that hold the word."""
    read = READERS[topic]
    bar = progress.add_task(topic, total=None)
    hops = []
    async for record in scan(
        settings, topic, since=since, progress=lambda done, total: progress.update(bar, completed=done, total=total)
    ):
        value = record.value or b""
        # A search of bytes spares reading the others, which are nearly all.
        if word.encode() in value:
            place = f"{record.partition}:{record.offset}"
            try:
                found = list(read(value, word))
            except msgspec.DecodeError:
                found = [("a record that names it and can not be read", "")]
            hops += [Hop(topic, record.timestamp * 1000, place, what, group) for what, group in found]
    return sorted(hops, key=lambda hop: hop.at)


async def _rows(settings: CommonSettings, event_id: str) -> list[Hop]:
    clickhouse = await ClickHouse.connect(settings.clickhouse)
    try:
        rows = await clickhouse.rows(_ROW, {"id": event_id})
    finally:
        await clickhouse.close()
    return [
        Hop(CLICKHOUSE, to_micros(received_at), f"{partition}:{offset}", "received then; place in `events`", "")
        for received_at, partition, offset in rows
    ]


Found = Iterator[tuple[str, str]]
"""What to say of a record, and the group hash where it names one."""


def _packs(value: bytes, event_id: str) -> Found:
    items = decode_pack(value).items
    for index, item in enumerate(items):
        meta = item.meta
        if meta.event_id == event_id:
            flags = (
                f", replays {meta.replay_of}" if meta.replay_of else ", from a spool" if meta.maybe_duplicate else ""
            )
            yield f"item {index} of {len(items)}, project {meta.project}, key {meta.key_id}{flags}", ""


def _events(value: bytes, event_id: str) -> Found:
    event = msgspec.json.decode(value, type=ProcessedEvent)
    if event.event_id == event_id:
        yield f"from {event.origin}, group {event.group_hash}, config {event.config_hash}", event.group_hash


def _outcomes(value: bytes, event_id: str) -> Found:
    outcome = msgspec.json.decode(value, type=Outcome)
    if outcome.event_id == event_id:
        first = f" of {outcome.duplicate_of}" if outcome.duplicate_of else ""
        yield f"from {outcome.origin}, {outcome.outcome}: {outcome.reason}{first}, says the {outcome.source}", ""


def _dead_letters(value: bytes, event_id: str) -> Found:
    letter = decode_dead_letter(value)
    if letter.item.meta.event_id == event_id:
        yield f"from {letter.origin}, {letter.error_class} in {letter.stage or 'no stage'}", ""


def _issues(value: bytes, group: str) -> Found:
    issue = msgspec.json.decode(value, type=IssueState)
    if issue.issue_id == group:
        yield f"{issue.short_id}, {issue.status}, {issue.count} events", ""


def _transitions(value: bytes, event_id: str) -> Found:
    transition = msgspec.json.decode(value, type=Transition)
    if transition.event_id == event_id:
        yield f"made the issue {transition.kind}", ""


def _alerts(value: bytes, event_id: str) -> Found:
    alert = msgspec.json.decode(value, type=Alert)
    if alert.event_id == event_id:
        yield f"fired {alert.rule_name} ({alert.kind})", ""


READERS: Mapping[str, Callable[[bytes, str], Found]] = {
    INGEST: _packs,
    EVENTS: _events,
    OUTCOMES: _outcomes,
    DEAD_LETTERS: _dead_letters,
    ISSUES: _issues,
    TRANSITIONS: _transitions,
    ALERTS: _alerts,
}
