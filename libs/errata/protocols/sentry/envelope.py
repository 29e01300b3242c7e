"""Sentry's envelope: a header line, then items, each a header line and a payload.

The format is described in Sentry's developer documentation ("Envelopes"). What real clients do beyond it: most leave
out `length` (the payload then ends at the next newline), Rust writes the header's event id with hyphens, and types
that nobody has heard of must be skipped rather than refused.
"""

import re
from typing import Any

import msgspec

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols import loose_json
from errata.protocols.ids import event_id

_NEWLINE = 0x0A
_CONTENT = re.compile(rb"[^\n]")
# Clients write a few hundred bytes, the trace's context included.
_MAX_HEADER_BYTES = 16_384


class EnvelopeItem(msgspec.Struct, frozen=True):
    """One item: what its header says of it, and its payload where it stands in the body."""

    type: str
    header: bytes
    """Its line, as sent."""
    payload: memoryview
    quantity: int = 1
    """Of logs, spans and metrics, many of which make one item, as its header says; others are one."""


class Envelope(msgspec.Struct, frozen=True):
    """An envelope taken apart; payloads are views into the body, nothing is copied."""

    event_id: str
    """32 lower-case hex digits; empty when the header has none that is one."""
    dsn: str
    """Where the client was pointed at; the only place of the key when it sends through a tunnel."""
    sent_at: str
    """The client's clock when it sent, as it wrote it."""
    items: tuple[EnvelopeItem, ...]


def parse_envelope(body: bytes, *, max_items: int) -> Envelope:
    """Give the parts of an envelope, in time linear in its size.

    Raises:
        Invalid: `BAD_ENVELOPE` where a header is no JSON object, or a `length` reaches past the end or ends elsewhere
            than at a newline; `TOO_LARGE` above `max_items`, since a few bytes make an item and each costs time.

    """
    header, _, at = _header(body, 0)
    view = memoryview(body)
    items: list[EnvelopeItem] = []
    # Newlines stand after the last payload, and between items where a client writes one too many.
    while content := _CONTENT.search(body, at):
        at = content.start()
        if len(items) == max_items:
            raise Invalid(Reason.TOO_LARGE)
        item, line, at = _header(body, at)
        end = _payload_end(body, at, item.get("length"))
        payload = view[at:end]
        quantity = _quantity(item.get("item_count"), payload)
        items.append(EnvelopeItem(_text(item.get("type")), line, payload, quantity))
        at = end + 1
    return Envelope(
        event_id(header.get("event_id")), _text(header.get("dsn")), _text(header.get("sent_at")), tuple(items)
    )


def _header(body: bytes, start: int) -> tuple[dict[str, Any], bytes, int]:
    """Give the JSON object of the line that starts here, the line itself, and where the next one starts."""
    end = body.find(b"\n", start, start + _MAX_HEADER_BYTES)
    if end < 0:
        end = len(body)
    if end - start > _MAX_HEADER_BYTES:
        raise Invalid(Reason.BAD_ENVELOPE)
    line = body[start:end]
    try:
        return loose_json.load_object(line), line, end + 1
    except Invalid:
        raise Invalid(Reason.BAD_ENVELOPE) from None


def _payload_end(body: bytes, start: int, length: Any) -> int:
    if length is None:
        end = body.find(b"\n", start)
        return len(body) if end < 0 else end
    if not isinstance(length, int) or isinstance(length, bool) or length < 0:
        raise Invalid(Reason.BAD_ENVELOPE)
    end = start + length
    # An empty payload at the very end may do without the newline of its header: then `start` is already past the end.
    if end > max(len(body), start) or (end < len(body) and body[end] != _NEWLINE):
        raise Invalid(Reason.BAD_ENVELOPE)
    return end


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _quantity(count: Any, payload: memoryview) -> int:
    """Give how many there are, where the bytes can hold as many: a made-up number would hide all others."""
    fits = isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= len(payload) // 2
    return count if fits else 1
