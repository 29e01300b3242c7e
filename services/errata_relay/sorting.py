"""The items of an envelope, sorted: what is kept, as it goes into a pack; and how each of the others ends."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from errata.contracts.outcomes import Invalid, OutcomeKind, Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.protocols.sentry.categories import category_of
from errata.protocols.sentry.envelope import Envelope, EnvelopeItem
from errata.protocols.sentry.event_head import look

KEPT: Mapping[str, ItemFormat] = MappingProxyType(
    {
        "event": ItemFormat.SENTRY_EVENT,
        "session": ItemFormat.SENTRY_SESSION,
        "sessions": ItemFormat.SENTRY_SESSIONS,
        "check_in": ItemFormat.SENTRY_CHECK_IN,
    }
)
"""Types of items that are kept; every other is counted and skipped."""

# An `event` item whose event says that it is something else, as Python's `capture_event({"type": "feedback"})` sends.
_NO_ERRORS = frozenset({"transaction", "feedback"})
# A client's own words that travel with each item, in characters: honest ones need less.
_MAX_WORDS = 256


class Provenance(NamedTuple):
    """What the relay knows of all items of a request."""

    project: int
    key_id: str
    received_at: int
    client_address: str
    sdk: str
    user_agent: str
    sent_at: str
    """The client's clock when it sent, as it wrote it."""


class Ending(NamedTuple):
    """How an item ended that is not kept."""

    outcome: OutcomeKind
    reason: Reason
    category: str


class Sorting(NamedTuple):
    """All items of an envelope, each in one of the two."""

    kept: list[Item]
    ended: list[Ending]
    event_id: str
    """Told to the client: the envelope's, or that of the first event; empty when there is none."""


def sort_items(envelope: Envelope, source: Provenance, max_item_bytes: int) -> Sorting:
    """Give what becomes of each item. An event without an id of its own gets one made up."""
    kept: list[Item] = []
    ended: list[Ending] = []
    answer = envelope.event_id
    for item in envelope.items:
        kind = KEPT.get(item.type)
        category = category_of(item.type)
        if kind is None:
            ended.append(Ending(OutcomeKind.FILTERED, Reason.UNSUPPORTED_ITEM, category))
            continue
        if len(item.payload) > max_item_bytes:
            ended.append(Ending(OutcomeKind.INVALID, Reason.TOO_LARGE, category))
            continue
        try:
            head = look(item.payload)
        except Invalid as invalid:
            ended.append(Ending(OutcomeKind.INVALID, invalid.reason, category))
            continue
        event_id = ""
        if kind is ItemFormat.SENTRY_EVENT:
            if head.type in _NO_ERRORS:
                ended.append(Ending(OutcomeKind.FILTERED, Reason.UNSUPPORTED_ITEM, category_of(head.type)))
                continue
            event_id = envelope.event_id or head.event_id or uuid.uuid4().hex
            answer = answer or event_id
        kept.append(_item(item, kind, event_id, source))
    return Sorting(kept, ended, answer)


def _item(item: EnvelopeItem, kind: ItemFormat, event_id: str, source: Provenance) -> Item:
    meta = ItemMeta(
        format=kind,
        project=source.project,
        key_id=source.key_id,
        event_id=event_id,
        received_at=source.received_at,
        client_address=source.client_address,
        content_type=item.content_type[:_MAX_WORDS],
        sdk=source.sdk[:_MAX_WORDS],
        user_agent=source.user_agent[:_MAX_WORDS],
        sent_at=source.sent_at[:_MAX_WORDS],
    )
    return Item(meta, bytes(item.payload))
