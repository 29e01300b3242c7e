"""What a Kafka record becomes in ClickHouse: which rows of which tables. Pure, so the same record gives the same rows.

A row is one JSON line: the record's place, then the message as it came. The message is checked here, since ClickHouse
refuses a whole insert for one row that it cannot read.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from errata.contracts import topics
from errata.contracts.categories import ATTACHMENT
from errata.contracts.messages import Alert, IssueState, Message, Outcome, ProcessedEvent, Transition, encode
from errata.contracts.origin import Origin
from errata.contracts.outcomes import Invalid, OutcomeKind, Reason
from errata.contracts.pack import Item, ItemFormat, decode_pack
from errata.protocols.sentry.attachments import attachment_of
from errata.protocols.sentry.feedback import feedback_of
from errata.protocols.sentry.sessions import updates_of
from errata.stores.clickhouse.inserts import (
    ALERTS,
    ATTACHMENTS,
    EVENTS,
    FEEDBACK,
    ISSUES,
    OUTCOMES,
    SESSIONS,
    TRANSITIONS,
    Insert,
)
from errata_writer.feedback import without_secrets

_SESSIONS = frozenset({ItemFormat.SENTRY_SESSION, ItemFormat.SENTRY_SESSIONS})
_FEEDBACK = frozenset({ItemFormat.SENTRY_FEEDBACK, ItemFormat.SENTRY_USER_REPORT})
_CATEGORIES = MappingProxyType(
    {
        ItemFormat.SENTRY_CHECK_IN: "monitor",
        ItemFormat.SENTRY_FEEDBACK: "feedback",
        ItemFormat.SENTRY_USER_REPORT: "default",
        ItemFormat.SENTRY_ATTACHMENT: ATTACHMENT,
    }
)
# Rows of one record are numbered by item and by update in it, so that they keep their number whatever else changes.
_UPDATES_OF_ONE_ITEM = 65_536


class Place(NamedTuple):
    """Where a record stands."""

    topic: str
    """Without the prefix."""
    generation: int
    partition: int
    offset: int


class Row(NamedTuple):
    """One row to insert."""

    insert: Insert
    place: Place
    number: int
    """Of the row among those of its record; place and number are its identity."""
    line: bytes
    received_at: int = 0
    """When the relay took what it is about; 0 where that is not known or of no interest."""


class Bad(NamedTuple):
    """A record that is no message of its topic. Its row says so, for the audit to see."""

    row: Row
    error: str
    """The class of the error."""


def bad_record(place: Place, error: Exception, at: int, number: int = 0) -> Bad:
    """Give what is stored in place of a record, or of one of its rows, that cannot be stored."""
    outcome = Outcome(outcome=OutcomeKind.INVALID, reason=Reason.BAD_JSON, source="writer", at=at)
    return Bad(Row(OUTCOMES, place, number, _line(place, number, encode(outcome))), type(error).__name__)


class Rows:
    """Turns records into rows; holds the decoders, the key of user hashes, and how many days attachments are stored."""

    def __init__(self, hash_key: bytes = b"", attachment_days: int = 30) -> None:
        self._hash_key = hash_key
        self._attachment_days = attachment_days
        self._readers: Mapping[str, Callable[[Place, bytes], list[Row]]] = {
            topics.EVENTS: _reader(ProcessedEvent, EVENTS, lambda event: event.received_at),
            topics.ISSUES: self._issue,
            topics.TRANSITIONS: _reader(Transition, TRANSITIONS),
            topics.ALERTS: _reader(Alert, ALERTS, lambda alert: alert.fired_at),
            topics.OUTCOMES: _reader(Outcome, OUTCOMES),
            topics.INGEST_SESSIONS: self._pack,
        }
        self._state = msgspec.json.Decoder(IssueState)

    def of(self, place: Place, value: bytes | None, at: int) -> list[Row] | Bad:
        """Give the rows of a record; `at` is its timestamp, microseconds. A tombstone has none."""
        if value is None:
            return []
        try:
            return self._readers[place.topic](place, value)
        except msgspec.DecodeError as error:
            return bad_record(place, error, at)

    def _issue(self, place: Place, value: bytes) -> list[Row]:
        self._state.decode(value)
        return [Row(ISSUES, place, 0, _line(place, 0, value, b'"_message":%s,' % value))]

    def _pack(self, place: Place, value: bytes) -> list[Row]:
        items = decode_pack(value).items
        return [row for index, item in enumerate(items) for row in self._item(place, item, index, len(items))]

    def _item(self, place: Place, item: Item, index: int, items: int) -> list[Row]:
        origin = Origin(
            generation=place.generation, partition=place.partition, offset=place.offset, index=index, items=items
        )
        try:
            if item.meta.format in _FEEDBACK:
                return [_item_row(FEEDBACK, place, item, origin, without_secrets(feedback_of(item)))]
            if item.meta.format is ItemFormat.SENTRY_ATTACHMENT:
                return [_item_row(ATTACHMENTS, place, item, origin, attachment_of(item, self._attachment_days))]
            if item.meta.format not in _SESSIONS:
                return [_ended(place, item, origin, (OutcomeKind.FILTERED, Reason.UNSUPPORTED_ITEM))]
            updates = updates_of(item, self._hash_key)
        except Invalid as ending:
            return [_ended(place, item, origin, (OutcomeKind.INVALID, ending.reason))]
        parts = len(updates)
        return [
            _item_row(SESSIONS, place, item, msgspec.structs.replace(origin, part=part, parts=parts), update)
            for part, update in enumerate(updates)
        ]


def _reader(
    kind: type[Message], insert: Insert, received_at: Callable[[Any], int] = lambda _message: 0
) -> Callable[[Place, bytes], list[Row]]:
    decoder = msgspec.json.Decoder(kind)

    def read(place: Place, value: bytes) -> list[Row]:
        message = decoder.decode(value)
        return [Row(insert, place, 0, _line(place, 0, value), received_at(message))]

    return read


def _line(place: Place, number: int, value: bytes, more: bytes = b"") -> bytes:
    """Give a JSON object's text with the record's place put before its first field; every message has one."""
    return b'{"_topic":"%s","_generation":%d,"_partition":%d,"_offset":%d,"_row":%d,%s%s' % (
        place.topic.encode(),
        place.generation,
        place.partition,
        place.offset,
        number,
        more,
        value.lstrip()[1:],
    )


def _number(origin: Origin) -> int:
    return origin.index * _UPDATES_OF_ONE_ITEM + origin.part


def _ended(place: Place, item: Item, origin: Origin, how: tuple[OutcomeKind, Reason]) -> Row:
    outcome = Outcome(
        outcome=how[0],
        reason=how[1],
        category=_CATEGORIES.get(item.meta.format, "session"),
        project=item.meta.project,
        key_id=item.meta.key_id,
        source="writer",
        at=item.meta.received_at,
        origin=origin,
    )
    number = _number(origin)
    return Row(OUTCOMES, place, number, _line(place, number, encode(outcome)))


class _About(msgspec.Struct, frozen=True, kw_only=True):
    """What all rows made of items say first."""

    project: int
    key_id: str
    received_at: int
    origin: Origin


_encoder = msgspec.json.Encoder()


def _item_row(insert: Insert, place: Place, item: Item, origin: Origin, content: msgspec.Struct) -> Row:
    meta = item.meta
    about = _encoder.encode(
        _About(project=meta.project, key_id=meta.key_id, received_at=meta.received_at, origin=origin)
    )
    number = _number(origin)
    line = _line(place, number, _encoder.encode(content), about[1:-1] + b",")
    return Row(insert, place, number, line, meta.received_at)
