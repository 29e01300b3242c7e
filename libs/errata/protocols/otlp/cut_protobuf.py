"""The errors in an OTLP request of protobuf, cut out of its bytes with the resource and scope around them.

Only what can be an error is decoded: spans whose bytes hold the word `exception`, log records that are severe or hold
it too. All others are passed over.
"""

from collections import deque
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import TypeAlias

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.admitted import AdmittedItem
from errata.protocols.foreign import MOST_CRUMBS, Tree
from errata.protocols.otlp import schema, wire
from errata.protocols.otlp.errors import ERROR_SEVERITY, EXCEPTION, error_id, is_error_log, is_exception
from errata.protocols.otlp.signals import TRACES, Signal

MAX_CONTAINERS = 20_000
"""Resources and scopes of one request: a Collector may send 8,192 records, each with its own."""

Place: TypeAlias = tuple[int, int]
"""Where a message begins and ends in the bytes."""

_WORD = EXCEPTION.encode()
# Numbers of fields: of a log record its severity, of a span its events and how many of them were left out.
_SEVERITY, _EVENTS, _LEFT_OUT = 2, 11, 12


def errors_in(body: bytes, signal: Signal) -> Iterator[AdmittedItem | Reason]:
    """Give the item of each error, and for each record that is none, or cannot be read, why it is not kept.

    Raises:
        Invalid: the body is no such request, or has more fields or containers than one may have.

    """
    reader = wire.Reader(body)
    rest = lru_cache(maxsize=2)(partial(_rest, reader))  # of the last resource and scope: each is read once
    for resource, scope in _scopes(reader):
        for begin, end in _messages(reader, 2, *scope):
            if not _can_be_error(reader, signal, begin, end):
                yield Reason.UNSUPPORTED_ITEM
                continue
            for found in _errors_of(reader, signal, begin, end):
                if isinstance(found, Reason):
                    yield found
                    continue
                raw, event_id = found
                scoped = wire.message(2, rest(*scope), wire.message(2, raw))
                yield AdmittedItem(signal.format, wire.message(1, rest(*resource), scoped), event_id)


def _scopes(reader: wire.Reader) -> Iterator[tuple[Place, Place]]:
    """Give each scope with the resource that it is in."""
    containers = 0
    for resource in _messages(reader, 1, 0, len(reader.data)):
        containers += 1
        for scope in _messages(reader, 2, *resource):
            containers += 1
            if containers > MAX_CONTAINERS:
                raise Invalid(Reason.TOO_LARGE)
            yield resource, scope
        if containers > MAX_CONTAINERS:
            raise Invalid(Reason.TOO_LARGE)


def _messages(reader: wire.Reader, wanted: int, begin: int, end: int) -> Iterator[Place]:
    """Give the places of the messages with a number: resources are fields 1, scopes in them and records in these 2."""
    for number, kind, _, at, stop, _ in reader.fields(begin, end):
        if number == wanted and kind == wire.LENGTH:
            yield at, stop


def _rest(reader: wire.Reader, begin: int, end: int) -> bytes:
    """Give the fields of a container beside those that it repeats: its resource or scope, and the schema's address."""
    fields = reader.fields(begin, end)
    return b"".join(reader.data[start:stop] for number, _, start, _, stop, _ in fields if number != 2)


def _can_be_error(reader: wire.Reader, signal: Signal, begin: int, end: int) -> bool:
    if reader.data.find(_WORD, begin, end) >= 0:
        return True
    if signal is TRACES:
        return False
    try:
        return any(
            number == _SEVERITY and kind == wire.VARINT and value >= ERROR_SEVERITY
            for number, kind, _, _, _, value in reader.fields(begin, end)
        )
    except Invalid as invalid:
        if invalid.reason is Reason.TOO_LARGE:
            raise
        return True  # for its reader to say what is wrong with it


def _errors_of(reader: wire.Reader, signal: Signal, begin: int, end: int) -> Iterator[tuple[bytes, str] | Reason]:
    """Give the bytes and the id of each error of a record; a record that is broken does not cost those beside it."""
    try:
        record = schema.decode(reader, signal.record, begin, end)
    except Invalid as invalid:
        if invalid.reason is Reason.TOO_LARGE:
            raise
        yield invalid.reason
        return
    if signal is TRACES:
        yield from _exceptions_of(reader, record, begin, end)
    elif is_error_log(record):
        raw = reader.data[begin:end]
        yield raw, error_id(record, record, raw)
    else:
        yield Reason.UNSUPPORTED_ITEM


def _exceptions_of(reader: wire.Reader, span: Tree, begin: int, end: int) -> Iterator[tuple[bytes, str] | Reason]:
    """Give a span once for each exception on it: with that one, and what happened before that was none."""
    fields = list(reader.fields(begin, end))
    around = b"".join(reader.data[start:stop] for number, _, start, _, stop, _ in fields if number != _EVENTS)
    places = [field for field in fields if field[0] == _EVENTS and field[1] == wire.LENGTH]
    before: deque[bytes] = deque(maxlen=MOST_CRUMBS)
    passed = exceptions = 0
    for event, (_, _, start, _, stop, _) in zip(span.get("events", []), places, strict=True):
        raw = reader.data[start:stop]
        if not is_exception(event):
            before.append(raw)
            passed += 1
            continue
        exceptions += 1
        left_out = passed - len(before)
        more = wire.varint(_LEFT_OUT, left_out + span.get("droppedEventsCount", 0)) if left_out else b""
        yield b"".join((around, more, *before, raw)), error_id(event, span, raw)
    if not exceptions:
        yield Reason.UNSUPPORTED_ITEM
