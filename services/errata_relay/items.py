"""From what a request brought to what goes into a pack: each item with what the relay knows of it."""

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from errata.contracts.categories import ATTACHMENT, ERROR
from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.contracts.topics import INGEST, INGEST_SESSIONS
from errata.protocols.admitted import Admitted, NotKept

_NO_ERRORS: Mapping[ItemFormat, str] = MappingProxyType(
    {
        ItemFormat.SENTRY_SESSION: "session",
        ItemFormat.SENTRY_SESSIONS: "session",
        ItemFormat.SENTRY_CHECK_IN: "monitor",
        ItemFormat.SENTRY_FEEDBACK: "feedback",
        ItemFormat.SENTRY_USER_REPORT: "default",
        ItemFormat.SENTRY_ATTACHMENT: ATTACHMENT,
    }
)
# A client's own words that travel with each item, in characters: honest ones need less.
_MAX_WORDS = 256


class Provenance(NamedTuple):
    """What the relay knows of all items of a request."""

    project: int
    key_id: str
    received_at: int
    client_address: str
    content_type: str
    sdk: str
    user_agent: str
    sent_at: str
    """The client's clock when it sent, as it wrote it."""


class Kept(NamedTuple):
    """An item that goes into a pack, if limits have room for it."""

    item: Item
    category: str
    quantity: int
    """What it counts as: a Bugsnag body is one item with many events."""


class Sorting(NamedTuple):
    """All items of a request, each in one of the two."""

    kept: list[Kept]
    not_kept: list[NotKept]
    event_id: str
    """Told to the client: the request's own, or that of the first event; empty when there is none."""


def category_of_format(kind: ItemFormat) -> str:
    """Give the category of items of a format."""
    return _NO_ERRORS.get(kind, ERROR)


def topic_of(kind: ItemFormat) -> str:
    """Give the topic of items of a format: errors have their own, so that a flood of the rest never delays them."""
    return INGEST_SESSIONS if kind in _NO_ERRORS else INGEST


def sort_items(
    admitted: Admitted,
    source: Provenance,
    max_item_bytes: int,
    sample_rate: float = 1,
    *,
    keep_attachments: bool = True,
) -> Sorting:
    """Give what becomes of each item. An event without an id of its own gets one made up, for its attachments too."""
    kept: list[Kept] = []
    not_kept = list(admitted.not_kept)
    answer = admitted.request_id
    sdk = _words(source.sdk or admitted.sdk)
    sent_at = _words(admitted.sent_at or source.sent_at)
    content_type, user_agent = _words(source.content_type), _words(source.user_agent)
    of_feedback = any(item.format is ItemFormat.SENTRY_FEEDBACK for item in admitted.items)
    for item in admitted.items:
        category, is_attachment = category_of_format(item.format), item.format is ItemFormat.SENTRY_ATTACHMENT
        if is_attachment and not keep_attachments:
            not_kept.append(NotKept(Reason.UNWANTED_ITEM, category))
            continue
        if len(item.payload) > max_item_bytes:
            not_kept.append(NotKept(Reason.TOO_LARGE, category, item.quantity))
            continue
        if is_attachment:
            event_id = item.event_id or answer
        else:
            event_id = "" if item.format in _NO_ERRORS else item.event_id or uuid.uuid4().hex
        answer = answer or event_id
        # What users say is never left out, nor what they send with it; files of an error share its fate by its id.
        if event_id and not (is_attachment and of_feedback) and not _in_sample(event_id, sample_rate):
            not_kept.append(NotKept(Reason.SAMPLED, category, item.quantity))
            continue
        meta = ItemMeta(
            format=item.format,
            project=source.project,
            key_id=source.key_id,
            event_id=event_id,
            received_at=source.received_at,
            client_address=source.client_address,
            content_type=content_type,
            sdk=sdk,
            user_agent=user_agent,
            sent_at=sent_at,
        )
        kept.append(Kept(Item(meta, item.payload), category, item.quantity))
    return Sorting(kept, not_kept, answer)


def _words(text: str) -> str:
    """Give a client's own words, cut; half of a surrogate pair, which loose JSON lets through, becomes U+FFFD."""
    text = text[:_MAX_WORDS]
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _in_sample(event_id: str, rate: float) -> bool:
    """Choose by the id, of which clients make the digits at random."""
    return rate == 1 or int(event_id[:8], 16) < rate * 2**32
