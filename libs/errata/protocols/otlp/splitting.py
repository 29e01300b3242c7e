"""The errors in an OTLP request, each as an item: a request of one record, in the encoding that it came in.

Most records are no errors. Protobuf is searched before it is decoded: a span without the word `exception` in its bytes
is passed over.
"""

from collections.abc import Iterator
from typing import NamedTuple

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import ItemFormat
from errata.protocols import foreign
from errata.protocols.admitted import Admitted, AdmittedItem, Headers, NotKept
from errata.protocols.categories import category_of
from errata.protocols.foreign import Tree
from errata.protocols.otlp import schema, wire
from errata.protocols.otlp.errors import EXCEPTION, error_id, is_error_log, is_exception

MAX_RECORDS = 20_000
"""Of one request in JSON. SDKs send 512, a Collector 8,192 unless it is told otherwise."""
MAX_ERRORS = 8_192
"""Of one request: in a bad hour, all that a Collector sends."""
MAX_BYTES = 32 * 1024 * 1024
"""Of all items of a request: each repeats the resource, so a hostile one could make much of little."""
MAX_FIELDS = 600_000
"""That are visited of one request in protobuf: what a Collector's worst may need, a second of work. In JSON the most
values, for each of which an object is made in memory."""
MAX_JSON_BYTES = 4 * 1024 * 1024
"""Of a request in JSON. SDKs send a tenth of it; Collectors send protobuf unless they are told otherwise."""


class _Kind(NamedTuple):
    """What differs between traces and logs."""

    format: ItemFormat
    category: str
    request: str
    """The message in the schema."""
    resources: str
    scopes: str
    records: str
    record: str


_TRACES = _Kind(
    ItemFormat.OTLP_TRACES, category_of("span"), "Traces", "resourceSpans", "scopeSpans", "spans", "Span"
)  # fmt: skip
_LOGS = _Kind(
    ItemFormat.OTLP_LOGS, category_of("log"), "Logs", "resourceLogs", "scopeLogs", "logRecords", "LogRecord"
)  # fmt: skip
_WORD = EXCEPTION.encode()
_EVENTS = 11
"""The number of the events in a span."""


def admit_traces(body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Give each exception on the spans of a `POST /v1/traces` as an item; spans without one are counted as not kept.

    Raises:
        Invalid: the body is neither protobuf nor JSON of its kind, or too much of it.

    """
    return _admit(body, _TRACES)


def admit_logs(body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Give each error of a `POST /v1/logs` as an item; other records are counted as not kept.

    Raises:
        Invalid: the body is neither protobuf nor JSON of its kind, or too much of it.

    """
    return _admit(body, _LOGS)


def _admit(body: bytes, kind: _Kind) -> Admitted:
    # A request of protobuf begins with its field 1; a brace would be a field that none of these messages has.
    found = _in_json(body, kind) if body.lstrip(b" \t\r\n").startswith(b"{") else _in_protobuf(body, kind)
    items: dict[str, AdmittedItem] = {}
    plain = size = 0
    for item in found:
        if item is None:
            plain += 1
            continue
        size += len(item.payload)
        items.setdefault(item.event_id, item)  # a second one is the same error, recorded twice
        if size > MAX_BYTES or len(items) > MAX_ERRORS:
            raise Invalid(Reason.TOO_LARGE)
    not_kept = [NotKept(Reason.UNSUPPORTED_ITEM, kind.category, plain)] if plain else []
    if not items and not plain:
        not_kept.append(NotKept(Reason.NO_ITEMS, kind.category))
    return Admitted(tuple(items.values()), tuple(not_kept))


def _in_protobuf(body: bytes, kind: _Kind) -> Iterator[AdmittedItem | None]:
    """Give the item of each error, None for each record that is none; containers are fields 1, then 2, then 2."""
    reader = wire.Reader(body, MAX_FIELDS)
    for resource in _messages(reader, 1, 0, len(body)):
        around_resource = _rest(reader, resource)
        for scope in _messages(reader, 2, resource.at, resource.end):
            around_scope = _rest(reader, scope)
            for record in _messages(reader, 2, scope.at, scope.end):
                if kind is _TRACES and body.find(_WORD, record.at, record.end) < 0:
                    yield None
                    continue
                for error in (_spans_of if kind is _TRACES else _logs_of)(reader, record):
                    if error is None:
                        yield None
                        continue
                    raw, event_id = error
                    scoped = wire.message(2, around_scope, wire.message(2, raw))
                    yield AdmittedItem(kind.format, wire.message(1, around_resource, scoped), event_id)


def _messages(reader: wire.Reader, number: int, begin: int, end: int) -> Iterator[wire.Field]:
    return (field for field in reader.fields(begin, end) if field.number == number and field.kind == wire.LENGTH)


def _rest(reader: wire.Reader, container: wire.Field) -> bytes:
    """Give the fields of a container beside those that it repeats: its resource or scope, and the schema's address."""
    fields = reader.fields(container.at, container.end)
    return b"".join(reader.data[field.begin : field.end] for field in fields if field.number != 2)


def _logs_of(reader: wire.Reader, record: wire.Field) -> Iterator[tuple[bytes, str] | None]:
    tree = schema.decode(reader, _LOGS.record, record.at, record.end)
    raw = reader.data[record.at : record.end]
    yield (raw, error_id(tree, tree, raw)) if is_error_log(tree) else None


def _spans_of(reader: wire.Reader, record: wire.Field) -> Iterator[tuple[bytes, str] | None]:
    """Give a span once for each exception on it: with that one, and what happened before that was none."""
    span = schema.decode(reader, _TRACES.record, record.at, record.end)
    fields = list(reader.fields(record.at, record.end))
    kept = [reader.data[field.begin : field.end] for field in fields if field.number != _EVENTS]
    places = [field for field in fields if field.number == _EVENTS and field.kind == wire.LENGTH]
    exceptions = 0
    for event, place in zip(span.get("events", []), places, strict=True):
        raw = reader.data[place.begin : place.end]
        if is_exception(event):
            exceptions += 1
            yield b"".join((*kept, raw)), error_id(event, span, raw)
        else:
            kept.append(raw)
    if not exceptions:
        yield None


def _in_json(body: bytes, kind: _Kind) -> Iterator[AdmittedItem | None]:
    # No value begins without one of these three before it. They also stand in texts, but far from as densely.
    values = sum(map(body.count, (b",", b"[", b"{")))
    if len(body) > MAX_JSON_BYTES or values > MAX_FIELDS:
        raise Invalid(Reason.TOO_LARGE)
    request = odd_json.loads(body)
    records = 0
    for resource in foreign.take_trees(request, kind.resources):
        for scope in foreign.take_trees(resource, kind.scopes):
            for record in foreign.take_trees(scope, kind.records):
                records += 1
                if records > MAX_RECORDS:
                    raise Invalid(Reason.TOO_LARGE)
                for error in (_json_spans if kind is _TRACES else _json_logs)(record):
                    if error is None:
                        yield None
                        continue
                    event = error["events"][-1] if kind is _TRACES else error
                    event_id = error_id(event, error, odd_json.dumps(event))
                    scopes = [{**scope, kind.records: [error]}]
                    payload = odd_json.dumps({kind.resources: [{**resource, kind.scopes: scopes}]})
                    yield AdmittedItem(kind.format, payload, event_id)


def _json_logs(record: Tree) -> Iterator[Tree | None]:
    yield record if is_error_log(record) else None


def _json_spans(span: Tree) -> Iterator[Tree | None]:
    kept: list[Tree] = []
    exceptions = 0
    for event in foreign.take_trees(span, "events"):
        if is_exception(event):
            exceptions += 1
            yield {**span, "events": [*kept, event]}
        else:
            kept.append(event)
    if not exceptions:
        yield None
