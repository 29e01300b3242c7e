"""Attachments: files that an application sends with an event, such as a log or a screenshot, kept byte for byte.

In a pack an attachment is its header line in the envelope, where its name stands, a newline, and its content.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from errata.contracts import odd_json
from errata.contracts.categories import ATTACHMENT
from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import loose_json
from errata.protocols.admitted import AdmittedItem, NotKept
from errata.protocols.sentry.envelope import EnvelopeItem

TYPE = "attachment"
"""Of items in envelopes."""
_MOST_FULL = 4
"""How many attachments of full size one envelope may have, or more that are as large together."""
_MEMORY = "event.minidump"
"""What a process had in its memory: Sentry too keeps none unless it is told to, and nothing here reads them."""
# In characters: the longest name that file systems take, the longest media type by RFC 6838.
_LONGEST_NAME = 255
_LONGEST_TYPE = 255


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """One file; texts are empty where the client said nothing."""

    event_id: str
    """32 hex digits: of the error or the feedback that it was sent with."""
    name: str
    """In the client's words: no path to write to."""
    content_type: str
    attachment_type: str
    """What it is to Sentry, such as `event.view_hierarchy`."""
    size: int
    """In bytes."""
    sha1: str
    """40 hex digits."""
    content: bytes
    keep_days: int
    """For how long after its receipt it is stored."""


def admit(
    items: Iterable[EnvelopeItem], owner: AdmittedItem | NotKept | None, event_id: str, max_bytes: int
) -> Iterator[AdmittedItem | NotKept]:
    """Give what becomes of each attachment of an envelope, which comes after what became of its event.

    Args:
        items: the attachments.
        owner: what became of the event or feedback beside them; None when there is none, for attachments may come
            later than their event.
        event_id: the envelope's, empty when it has none.
        max_bytes: of one, its header included.

    """
    left = _MOST_FULL * max_bytes
    belongs = event_id or (isinstance(owner, AdmittedItem) and owner.format is ItemFormat.SENTRY_EVENT)
    for item in items:
        size = len(item.header) + 1 + len(item.payload)
        if isinstance(owner, NotKept):
            yield NotKept(owner.reason, ATTACHMENT)
        elif not belongs or loose_json.load_object(item.header).get("attachment_type") == _MEMORY:
            yield NotKept(Reason.UNSUPPORTED_ITEM, ATTACHMENT)
        elif size > min(max_bytes, left):
            yield NotKept(Reason.TOO_LARGE, ATTACHMENT)
        else:
            left -= size
            content = item.header + b"\n" + bytes(item.payload)
            yield AdmittedItem(ItemFormat.SENTRY_ATTACHMENT, content, event_id)


def attachment_of(item: Item, keep_days: int) -> Attachment:
    """Give the attachment in an item.

    Raises:
        errata.contracts.outcomes.Invalid: its first line is no JSON object.

    """
    line, _, content = item.payload.partition(b"\n")
    header = odd_json.load_object(line)
    return Attachment(
        event_id=item.meta.event_id,
        name=_text(header.get("filename"), _LONGEST_NAME),
        content_type=_text(header.get("content_type"), _LONGEST_TYPE),
        attachment_type=_text(header.get("attachment_type"), _LONGEST_TYPE),
        size=len(content),
        sha1=hashlib.sha1(content, usedforsecurity=False).hexdigest(),
        content=content,
        keep_days=keep_days,
    )


def _text(value: Any, longest: int) -> str:
    """Give a client's words, cut, without what a terminal would obey."""
    words = value.strip()[:longest] if isinstance(value, str) else ""
    return words if words.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in words)
