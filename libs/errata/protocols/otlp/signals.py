"""The signals that hold errors, traces and logs: what differs between them, and which encoding a request is in."""

from typing import NamedTuple

from errata.contracts.categories import category_of
from errata.contracts.pack import ItemFormat


class Signal(NamedTuple):
    """One of the two: its format, and its names in the schema and in JSON."""

    format: ItemFormat
    category: str
    """What its records count as that are no errors."""
    request: str
    """The message of a whole request."""
    resources: str
    scopes: str
    records: str
    record: str
    """The message of a record."""


TRACES = Signal(
    ItemFormat.OTLP_TRACES, category_of("span"), "Traces", "resourceSpans", "scopeSpans", "spans", "Span"
)  # fmt: skip
LOGS = Signal(
    ItemFormat.OTLP_LOGS, category_of("log"), "Logs", "resourceLogs", "scopeLogs", "logRecords", "LogRecord"
)  # fmt: skip


def is_json(content_type: str, body: bytes) -> bool:
    """Tell whether a request, or an item cut from it, is JSON rather than protobuf.

    A brace at the very beginning is JSON under any name: with that byte no message of protobuf begins. Otherwise the
    name decides, for what looks like white space before a brace is how protobuf writes a request of 123 bytes.
    """
    return body[:1] == b"{" or content_type.partition(";")[0].strip().lower().endswith(("/json", "+json"))
