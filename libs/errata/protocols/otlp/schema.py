"""OTLP's messages: which field of the wire has which name and type, and their decoding to the JSON form of OTLP.

One form for both encodings: lower camel case names, ids as hex, times as integers. Field numbers are from
opentelemetry-proto (trace/v1, logs/v1, common/v1, resource/v1), stable since 1.0.
"""

import base64
import struct
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from errata.protocols.foreign import Tree
from errata.protocols.otlp.wire import FIXED32, FIXED64, LENGTH, VARINT, Reader

MAX_DEPTH = 24
"""Of values in values. No attribute that someone wrote is half as deep; what is deeper is cut, as normalize would."""


class Type(StrEnum):
    """What a field holds that is no message."""

    TEXT = "text"
    HEX = "hex"
    BYTES = "bytes"
    FLAG = "flag"
    SIGNED = "signed"
    NUMBER = "number"
    TIME = "time"
    DOUBLE = "double"
    FLAGS = "flags"


_KINDS: Mapping[str, int] = MappingProxyType(
    {
        Type.FLAG: VARINT,
        Type.SIGNED: VARINT,
        Type.NUMBER: VARINT,
        Type.TIME: FIXED64,
        Type.DOUBLE: FIXED64,
        Type.FLAGS: FIXED32,
    }
)
"""The kind on the wire of each type; of the rest, and of messages, it is a length."""

_VALUE = "AnyValue"


class Entry(NamedTuple):
    """A field: its name in JSON, and its type, a message's name or one of those above."""

    name: str
    type: str
    repeated: bool = False


_ATTRIBUTES = Entry("attributes", "KeyValue", repeated=True)
_SCHEMA_URL = Entry("schemaUrl", Type.TEXT)

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
    "Resource": {1: _ATTRIBUTES, 2: Entry("droppedAttributesCount", Type.NUMBER)},
    "Scope": {
        1: Entry("name", Type.TEXT),
        2: Entry("version", Type.TEXT),
        3: _ATTRIBUTES,
        4: Entry("droppedAttributesCount", Type.NUMBER),
    },
    "Span": {
        1: Entry("traceId", Type.HEX),
        2: Entry("spanId", Type.HEX),
        3: Entry("traceState", Type.TEXT),
        4: Entry("parentSpanId", Type.HEX),
        5: Entry("name", Type.TEXT),
        6: Entry("kind", Type.NUMBER),
        7: Entry("startTimeUnixNano", Type.TIME),
        8: Entry("endTimeUnixNano", Type.TIME),
        9: _ATTRIBUTES,
        10: Entry("droppedAttributesCount", Type.NUMBER),
        11: Entry("events", "SpanEvent", repeated=True),
        12: Entry("droppedEventsCount", Type.NUMBER),
        13: Entry("links", "Link", repeated=True),
        14: Entry("droppedLinksCount", Type.NUMBER),
        15: Entry("status", "Status"),
        16: Entry("flags", Type.FLAGS),
    },
    "SpanEvent": {
        1: Entry("timeUnixNano", Type.TIME),
        2: Entry("name", Type.TEXT),
        3: _ATTRIBUTES,
        4: Entry("droppedAttributesCount", Type.NUMBER),
    },
    "Link": {
        1: Entry("traceId", Type.HEX),
        2: Entry("spanId", Type.HEX),
        3: Entry("traceState", Type.TEXT),
        4: _ATTRIBUTES,
        5: Entry("droppedAttributesCount", Type.NUMBER),
        6: Entry("flags", Type.FLAGS),
    },
    "Status": {2: Entry("message", Type.TEXT), 3: Entry("code", Type.NUMBER)},
    "LogRecord": {
        1: Entry("timeUnixNano", Type.TIME),
        2: Entry("severityNumber", Type.NUMBER),
        3: Entry("severityText", Type.TEXT),
        5: Entry("body", _VALUE),
        6: _ATTRIBUTES,
        7: Entry("droppedAttributesCount", Type.NUMBER),
        8: Entry("flags", Type.FLAGS),
        9: Entry("traceId", Type.HEX),
        10: Entry("spanId", Type.HEX),
        11: Entry("observedTimeUnixNano", Type.TIME),
        12: Entry("eventName", Type.TEXT),
    },
    "KeyValue": {1: Entry("key", Type.TEXT), 2: Entry("value", _VALUE)},
    _VALUE: {
        1: Entry("stringValue", Type.TEXT),
        2: Entry("boolValue", Type.FLAG),
        3: Entry("intValue", Type.SIGNED),
        4: Entry("doubleValue", Type.DOUBLE),
        5: Entry("arrayValue", "ArrayValue"),
        6: Entry("kvlistValue", "KeyValueList"),
        7: Entry("bytesValue", Type.BYTES),
    },
    "ArrayValue": {1: Entry("values", _VALUE, repeated=True)},
    "KeyValueList": {1: Entry("values", "KeyValue", repeated=True)},
}


def decode(reader: Reader, name: str, begin: int = 0, end: int | None = None, depth: int = MAX_DEPTH) -> Tree:
    """Give the message between two places in its JSON form; fields that the schema does not know are skipped.

    Values nested deeper than `depth` come out empty.

    Raises:
        Invalid: bytes that are no such message, or too many fields.

    """
    entries = MESSAGES[name]
    if name == _VALUE:
        depth -= 1
    tree: Tree = {}
    for number, kind, _, at, stop, raw in reader.fields(begin, end):
        entry = entries.get(number)
        if entry is None or kind != _KINDS.get(entry.type, LENGTH):
            continue
        value: Any
        if isinstance(entry.type, Type):
            value = _scalar(entry.type, raw, reader.data[at:stop])
        else:
            value = decode(reader, entry.type, at, stop, depth) if depth else {}
        if entry.repeated:
            tree.setdefault(entry.name, []).append(value)
        else:
            tree[entry.name] = value
    return tree


def _scalar(kind: Type, value: int, raw: bytes) -> Any:
    match kind:
        case Type.TEXT:
            return raw.decode("utf-8", "replace").replace("\0", "\ufffd")
        case Type.HEX:
            return raw.hex()
        case Type.BYTES:
            return base64.b64encode(raw).decode()
        case Type.DOUBLE:
            return struct.unpack("<d", raw)[0]
        case Type.TIME | Type.FLAGS:
            return int.from_bytes(raw, "little")
        case Type.SIGNED:
            return value - (1 << 64) if value >> 63 else value
        case Type.FLAG:
            return bool(value)
        case Type.NUMBER:
            return value
