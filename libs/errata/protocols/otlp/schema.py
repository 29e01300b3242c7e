"""OTLP's messages: which field of the wire has which name and type, and their decoding to the JSON form of OTLP.

One form for both encodings: lower camel case names, ids as hex, times as integers. Field numbers are from
opentelemetry-proto (trace/v1, logs/v1, common/v1, resource/v1), stable since 1.0.
"""

import base64
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.foreign import Tree
from errata.protocols.otlp.wire import FIXED32, FIXED64, LENGTH, VARINT, Reader

MAX_DEPTH = 24
"""Of messages in messages. Values may hold values; no attribute that someone wrote is half as deep."""

TEXT, HEX, BYTES, FLAG, SIGNED, NUMBER, TIME, DOUBLE, FLAGS = (
    "text hex bytes flag signed number time double flags".split()
)
_KINDS = {FLAG: VARINT, SIGNED: VARINT, NUMBER: VARINT, TIME: FIXED64, DOUBLE: FIXED64, FLAGS: FIXED32}
"""The kind on the wire of each type; of the rest it is a length."""


class Entry(NamedTuple):
    """A field: its name in JSON, and its type, one of those above or a message."""

    name: str
    type: str
    repeated: bool = False


_ATTRIBUTES = Entry("attributes", "KeyValue", repeated=True)
_SCHEMA_URL = Entry("schemaUrl", TEXT)

MESSAGES: Mapping[str, Mapping[int, Entry]] = {
    "Traces": {1: Entry("resourceSpans", "ResourceSpans", repeated=True)},
    "ResourceSpans": {
        1: Entry("resource", "Resource"),
        2: Entry("scopeSpans", "ScopeSpans", repeated=True),
        3: _SCHEMA_URL,
    },
    "ScopeSpans": {1: Entry("scope", "Scope"), 2: Entry("spans", "Span", repeated=True), 3: _SCHEMA_URL},
    "Logs": {1: Entry("resourceLogs", "ResourceLogs", repeated=True)},
    "ResourceLogs": {
        1: Entry("resource", "Resource"),
        2: Entry("scopeLogs", "ScopeLogs", repeated=True),
        3: _SCHEMA_URL,
    },
    "ScopeLogs": {1: Entry("scope", "Scope"), 2: Entry("logRecords", "LogRecord", repeated=True), 3: _SCHEMA_URL},
    "Resource": {1: _ATTRIBUTES, 2: Entry("droppedAttributesCount", NUMBER)},
    "Scope": {
        1: Entry("name", TEXT),
        2: Entry("version", TEXT),
        3: _ATTRIBUTES,
        4: Entry("droppedAttributesCount", NUMBER),
    },
    "Span": {
        1: Entry("traceId", HEX),
        2: Entry("spanId", HEX),
        3: Entry("traceState", TEXT),
        4: Entry("parentSpanId", HEX),
        5: Entry("name", TEXT),
        6: Entry("kind", NUMBER),
        7: Entry("startTimeUnixNano", TIME),
        8: Entry("endTimeUnixNano", TIME),
        9: _ATTRIBUTES,
        10: Entry("droppedAttributesCount", NUMBER),
        11: Entry("events", "SpanEvent", repeated=True),
        12: Entry("droppedEventsCount", NUMBER),
        13: Entry("links", "Link", repeated=True),
        14: Entry("droppedLinksCount", NUMBER),
        15: Entry("status", "Status"),
        16: Entry("flags", FLAGS),
    },
    "SpanEvent": {
        1: Entry("timeUnixNano", TIME),
        2: Entry("name", TEXT),
        3: _ATTRIBUTES,
        4: Entry("droppedAttributesCount", NUMBER),
    },
    "Link": {
        1: Entry("traceId", HEX),
        2: Entry("spanId", HEX),
        3: Entry("traceState", TEXT),
        4: _ATTRIBUTES,
        5: Entry("droppedAttributesCount", NUMBER),
        6: Entry("flags", FLAGS),
    },
    "Status": {2: Entry("message", TEXT), 3: Entry("code", NUMBER)},
    "LogRecord": {
        1: Entry("timeUnixNano", TIME),
        2: Entry("severityNumber", NUMBER),
        3: Entry("severityText", TEXT),
        5: Entry("body", "AnyValue"),
        6: _ATTRIBUTES,
        7: Entry("droppedAttributesCount", NUMBER),
        8: Entry("flags", FLAGS),
        9: Entry("traceId", HEX),
        10: Entry("spanId", HEX),
        11: Entry("observedTimeUnixNano", TIME),
        12: Entry("eventName", TEXT),
    },
    "KeyValue": {1: Entry("key", TEXT), 2: Entry("value", "AnyValue")},
    "AnyValue": {
        1: Entry("stringValue", TEXT),
        2: Entry("boolValue", FLAG),
        3: Entry("intValue", SIGNED),
        4: Entry("doubleValue", DOUBLE),
        5: Entry("arrayValue", "ArrayValue"),
        6: Entry("kvlistValue", "KeyValueList"),
        7: Entry("bytesValue", BYTES),
    },
    "ArrayValue": {1: Entry("values", "AnyValue", repeated=True)},
    "KeyValueList": {1: Entry("values", "KeyValue", repeated=True)},
}


def decode(reader: Reader, name: str, begin: int = 0, end: int | None = None, depth: int = MAX_DEPTH) -> Tree:
    """Give the message between two places in its JSON form; fields that the schema does not know are skipped.

    Raises:
        Invalid: bytes that are no such message, or one too large or too deep.

    """
    if not depth:
        raise Invalid(Reason.TOO_DEEP)
    entries = MESSAGES[name]
    tree: Tree = {}
    for field in reader.fields(begin, end):
        entry = entries.get(field.number)
        if entry is None or field.kind != _KINDS.get(entry.type, LENGTH):
            continue
        value: Any
        if entry.type in MESSAGES:
            value = decode(reader, entry.type, field.at, field.end, depth - 1)
        else:
            value = _scalar(entry.type, field.value, reader.data[field.at : field.end])
        if entry.repeated:
            tree.setdefault(entry.name, []).append(value)
        else:
            tree[entry.name] = value
    return tree


def _scalar(kind: str, value: int, raw: bytes) -> Any:
    if kind == TEXT:
        return raw.decode("utf-8", "replace").replace("\0", "\ufffd")
    if kind == HEX:
        return raw.hex()
    if kind == BYTES:
        return base64.b64encode(raw).decode()
    if kind == DOUBLE:
        return struct.unpack("<d", raw)[0]
    if kind in _KINDS and _KINDS[kind] != VARINT:
        return int.from_bytes(raw, "little")
    if kind == SIGNED:
        return value - (1 << 64) if value >> 63 else value
    return bool(value) if kind == FLAG else value
