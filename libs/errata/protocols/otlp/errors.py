"""Which records are errors, and the id of each: the same for the log record and the span event of one exception."""

from collections.abc import Iterator
from typing import Any

from errata.contracts.ids import derived_id
from errata.protocols.foreign import Tree
from errata.protocols.otlp.attributes import id_of, pairs_in, plain, text_of

ERROR_SEVERITY = 17
"""Severity numbers from here on are errors; below, a record is one only when it carries an exception."""

_SEVERITIES = {"TRACE": 1, "DEBUG": 5, "INFO": 9, "WARN": 13, "ERROR": 17, "FATAL": 21}

EXCEPTION = "exception"
"""The name of the span event, and what the attributes that describe an exception begin with."""


def is_error_log(record: Tree) -> bool:
    """Tell whether a log record is an error."""
    severe = severity_of(record.get("severityNumber")) >= ERROR_SEVERITY
    return severe or any(key.startswith(EXCEPTION + ".") for key in _keys(record))


def severity_of(value: Any) -> int:
    """Give a severity number, 1 to 24, also by its name such as `SEVERITY_NUMBER_WARN2`; 0 when there is none."""
    if isinstance(value, str):
        name = value[:40].removeprefix("SEVERITY_NUMBER_")
        step = int(name[-1]) - 1 if name[-1:] in {"2", "3", "4"} else 0
        value = _SEVERITIES.get(name.rstrip("234"), -step) + step
    return value if isinstance(value, int) and 1 <= value <= 24 else 0


def is_exception(event: Tree) -> bool:
    """Tell whether an event of a span is an exception; by its attributes where it is named otherwise."""
    return event.get("name") == EXCEPTION or any(key == EXCEPTION + ".type" for key in _keys(event))


def short_type(name: str) -> str:
    """Give an exception's type without its module: Python names it on spans, and does not in logs."""
    return name.rpartition(".")[2] or name


def error_id(record: Tree, holder: Tree, context: bytes) -> str:
    """Give the event id of an error: 32 hex digits that both of its appearances, and a repeated request, lead to.

    Args:
        record: the log record or the event of a span, with its attributes.
        holder: what names trace and span: the log record itself, or the span.
        context: bytes of record and resource, for errors outside any trace.

    """
    said = dict(pairs_in(record.get("attributes")))
    kind = short_type(text_of(plain(said.get("exception.type"))))
    message = text_of(plain(said.get("exception.message")))
    trace, span = id_of(holder.get("traceId")), id_of(holder.get("spanId"))
    if trace and (kind or message):
        return derived_id("otlp", trace, span, kind, message)
    return derived_id("otlp", context.decode("latin-1"))


def _keys(record: Tree) -> Iterator[str]:
    return (key for key, _ in pairs_in(record.get("attributes")))
