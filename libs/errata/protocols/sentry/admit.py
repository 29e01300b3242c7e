"""What the relay must know of a Sentry client's request: the items of an envelope, or the one event of a `store`.

An item is looked into only far enough to know that it is JSON, what its id is, and that it is an error.
"""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote

from errata.contracts import odd_json
from errata.contracts.categories import ERROR, category_of
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import ItemFormat
from errata.protocols import loose_json
from errata.protocols.admitted import Admitted, AdmittedItem, NotKept
from errata.protocols.sentry import attachments, client_reports, legacy_store
from errata.protocols.sentry.envelope import Envelope, EnvelopeItem, parse_envelope
from errata.protocols.sentry.event_head import look

KEPT: Mapping[str, ItemFormat] = MappingProxyType(
    {
        "event": ItemFormat.SENTRY_EVENT,
        "session": ItemFormat.SENTRY_SESSION,
        "sessions": ItemFormat.SENTRY_SESSIONS,
        "check_in": ItemFormat.SENTRY_CHECK_IN,
        "feedback": ItemFormat.SENTRY_FEEDBACK,
        "user_report": ItemFormat.SENTRY_USER_REPORT,
        attachments.TYPE: ItemFormat.SENTRY_ATTACHMENT,
    }
)
"""Types of items that are kept; every other is counted and skipped."""
_OWNERS = frozenset({"event", "transaction", "feedback"})
"""Types of items that the attachments of their envelope belong to."""
_CHECK_IN_FIELDS = ("status", "check_in_id", "environment", "duration")
_MAX_QUERY_FIELDS = 50
_MOST_FULL_ITEMS = 8
"""How many items of full size are looked into. Clients send one event; made for the purpose, a megabyte costs 50 ms."""


def admit_envelope(body: bytes, *, max_items: int, max_item_bytes: int) -> Admitted:
    """Give what becomes of each item of an envelope.

    Raises:
        Invalid: `BAD_ENVELOPE`, or `TOO_LARGE` when there are more than `max_items`.

    """
    return admit_items(parse_envelope(body, max_items=max_items), max_item_bytes=max_item_bytes)


def admit_items(envelope: Envelope, *, max_item_bytes: int) -> Admitted:
    """Give what becomes of each item; one bad item does not cost the good ones beside it, but for its attachments."""
    items: list[AdmittedItem] = []
    not_kept: list[NotKept] = []
    attached: list[EnvelopeItem] = []
    owner: AdmittedItem | NotKept | None = None
    left = _MOST_FULL_ITEMS * max_item_bytes
    for item in envelope.items:
        if item.type == attachments.TYPE:
            attached.append(item)
            continue
        most = min(max_item_bytes, left)
        if item.type in KEPT and len(item.payload) <= most:
            left -= len(item.payload)
        try:
            found = _admit_item(item, envelope.event_id, most)
        except Invalid as invalid:
            found = (NotKept(invalid.reason, category_of(item.type)),)
        if isinstance(found, AdmittedItem):
            items.append(found)
        else:
            not_kept += found
        if item.type in _OWNERS and not isinstance(owner, AdmittedItem):
            owner = found if isinstance(found, AdmittedItem) else found[0]
    for ending in attachments.admit(attached, owner, envelope.event_id, max_item_bytes):
        if isinstance(ending, AdmittedItem):
            items.append(ending)
        else:
            not_kept.append(ending)
    if not envelope.items:
        not_kept.append(NotKept(Reason.NO_ITEMS, category_of("")))
    return Admitted(tuple(items), tuple(not_kept), envelope.sent_at, request_id=envelope.event_id)


def _admit_item(item: EnvelopeItem, event_id: str, max_bytes: int) -> AdmittedItem | tuple[NotKept, ...]:
    """Give one item as it is kept, or as what it is counted."""
    kind = KEPT.get(item.type)
    if kind is None and item.type != "client_report":
        return (NotKept(Reason.UNSUPPORTED_ITEM, category_of(item.type), item.quantity),)
    if len(item.payload) > max_bytes:
        raise Invalid(Reason.TOO_LARGE)
    if kind is None:
        return client_reports.discards_of(item.payload)
    head = look(item.payload)
    if kind is not ItemFormat.SENTRY_EVENT:
        return AdmittedItem(kind, bytes(item.payload))
    # An event may say that it is something else, as Python's `capture_event({"type": "feedback"})` sends.
    if head.type == "feedback":
        return AdmittedItem(ItemFormat.SENTRY_FEEDBACK, bytes(item.payload))
    if head.type == "transaction":
        return (NotKept(Reason.UNSUPPORTED_ITEM, category_of(head.type)),)
    return AdmittedItem(kind, bytes(item.payload), event_id or head.event_id)


def admit_store(body: bytes, *, max_item_bytes: int) -> Admitted:
    """Give the event in the body of a `store` request, in any of its forms.

    Raises:
        Invalid: `BAD_JSON`, `TOO_DEEP`, `TOO_LARGE`.

    """
    event = legacy_store.event_of(body, limit=max_item_bytes)
    admitted = admit_items(
        Envelope("", "", "", (EnvelopeItem("event", b"", memoryview(event)),)), max_item_bytes=max_item_bytes
    )
    for not_kept in admitted.not_kept:
        if not_kept.category == ERROR:
            raise Invalid(not_kept.reason)
    return admitted


def admit_store_query(query: str, *, max_item_bytes: int) -> Admitted:
    """Give the event of a `GET store`, whose query holds as `sentry_data` what a POST has as its body.

    Raises:
        Invalid: `NO_ITEMS` without that field, and as for `admit_store`.

    """
    for field in query.split("&", _MAX_QUERY_FIELDS):
        name, _, value = field.partition("=")
        if name == "sentry_data":  # unquoted by hand: base64 may hold a bare plus, which forms take for a space
            return admit_store(unquote(value).encode(), max_item_bytes=max_item_bytes)
    raise Invalid(Reason.NO_ITEMS)


def admit_cron(slug: str, body: bytes, query: str) -> Admitted:
    """Give the check-in of a request to a monitor's address, `/api/42/cron/<slug>/?status=ok`, with or without a body.

    Raises:
        Invalid: `BAD_JSON`, `NOT_AN_OBJECT` or `TOO_DEEP` of the body.

    """
    check_in = loose_json.load_object(body) if body.strip() else {}
    try:
        said = dict(parse_qsl(query, max_num_fields=_MAX_QUERY_FIELDS))
    except ValueError:
        said = {}
    check_in |= {name: said[name] for name in _CHECK_IN_FIELDS if name in said}
    check_in["monitor_slug"] = slug
    return Admitted((AdmittedItem(ItemFormat.SENTRY_CHECK_IN, odd_json.dumps(check_in)),))
