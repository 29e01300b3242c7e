"""What a record says of the events that are looked for: a reader a topic.

An item can hold several events (Bugsnag, OpenTelemetry); their ids are derived from the item's. Whichever id is asked
for, the origin that every event carries leads from the one to the other.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from errata.contracts.messages import Alert, IssueState, Outcome, ProcessedEvent, Transition
from errata.contracts.origin import Origin
from errata.contracts.pack import decode_dead_letter, decode_pack
from errata.contracts.topics import ALERTS, DEAD_LETTERS, EVENTS, INGEST, ISSUES, OUTCOMES, TRANSITIONS


@dataclass(frozen=True)
class ItemPlace:
    """Where an item stands in `ingest`."""

    partition: int
    offset: int
    number: int
    """Of the item in its pack, from 0."""

    @classmethod
    def of(cls, origin: Origin) -> "ItemPlace":
        """Give the place that an event or outcome names as its origin."""
        return cls(origin.partition, origin.offset, origin.index)


@dataclass(frozen=True)
class Wanted:
    """What to look for in the records of a topic."""

    ids: frozenset[str] = frozenset()
    """Of events; of groups, where issues are looked for."""
    items: frozenset[ItemPlace] = frozenset()

    def words(self) -> list[bytes]:
        """Give what stands in each record that matters; a search of bytes spares reading the others."""
        places = [f'"partition":{item.partition},"offset":{item.offset},"index":{item.number}' for item in self.items]
        return [word.encode() for word in (*self.ids, *places)]


class Found(NamedTuple):
    """What a record says of what is wanted."""

    what: str
    item: ItemPlace | None = None
    """Which item it is about."""
    event_id: str = ""
    group: str = ""
    """The group hash, where the record names it."""


Reader = Callable[[bytes, Wanted, int, int], Iterator[Found]]
"""Gives what a record's value says of what is wanted; partition and offset are the record's own."""


def _packs(value: bytes, wanted: Wanted, partition: int, offset: int) -> Iterator[Found]:
    items = decode_pack(value).items
    for index, item in enumerate(items):
        meta, place = item.meta, ItemPlace(partition, offset, index)
        if meta.event_id in wanted.ids or place in wanted.items:
            flags = (
                f", replays {meta.replay_of}" if meta.replay_of else ", from a spool" if meta.maybe_duplicate else ""
            )
            yield Found(f"item {index} of {len(items)}, project {meta.project}, key {meta.key_id}{flags}", place)


def _events(value: bytes, wanted: Wanted, *_place: int) -> Iterator[Found]:
    event = msgspec.json.decode(value, type=ProcessedEvent)
    item = ItemPlace.of(event.origin)
    if event.event_id in wanted.ids or item in wanted.items:
        what = f"from {event.origin}, group {event.group_hash}, config {event.config_hash}"
        yield Found(what, item, event.event_id, event.group_hash)


def _outcomes(value: bytes, wanted: Wanted, *_place: int) -> Iterator[Found]:
    outcome = msgspec.json.decode(value, type=Outcome)
    item = ItemPlace.of(outcome.origin) if outcome.origin else None
    if outcome.event_id in wanted.ids or item in wanted.items:
        first = f" of {outcome.duplicate_of}" if outcome.duplicate_of else ""
        what = f"from {outcome.origin}, {outcome.outcome}: {outcome.reason}{first}, says the {outcome.source}"
        yield Found(what, item)


def _dead_letters(value: bytes, wanted: Wanted, *_place: int) -> Iterator[Found]:
    letter = decode_dead_letter(value)
    if letter.item.meta.event_id in wanted.ids:
        yield Found(f"from {letter.origin}, {letter.error_class} in {letter.stage or 'no stage'}")


def _issues(value: bytes, wanted: Wanted, *_place: int) -> Iterator[Found]:
    issue = msgspec.json.decode(value, type=IssueState)
    if issue.issue_id in wanted.ids:
        yield Found(f"{issue.short_id}, {issue.status}, {issue.count} events")


def _transitions(value: bytes, wanted: Wanted, *_place: int) -> Iterator[Found]:
    transition = msgspec.json.decode(value, type=Transition)
    if transition.event_id in wanted.ids:
        yield Found(f"made the issue {transition.kind}")


def _alerts(value: bytes, wanted: Wanted, *_place: int) -> Iterator[Found]:
    alert = msgspec.json.decode(value, type=Alert)
    if alert.event_id in wanted.ids:
        yield Found(f"fired {alert.rule_name} ({alert.kind})")


READERS: Mapping[str, Reader] = {
    INGEST: _packs,
    EVENTS: _events,
    OUTCOMES: _outcomes,
    DEAD_LETTERS: _dead_letters,
    ISSUES: _issues,
    TRANSITIONS: _transitions,
    ALERTS: _alerts,
}
