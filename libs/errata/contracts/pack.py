"""The value of an `ingest` record: items as clients sent them, with what the relay knew of each.

Packs are MessagePack arrays: payloads are bytes, and a pack holds unscrubbed data, so nobody reads them by eye.
Fields may be added at the end with a default; anything else needs a new `version`.
"""

from enum import StrEnum

import msgspec

PACK_VERSION = 1


class ItemFormat(StrEnum):
    """Which protocol module turns the payload into canonical events."""

    SENTRY_EVENT = "sentry.event"
    SENTRY_SESSION = "sentry.session"
    SENTRY_SESSIONS = "sentry.sessions"
    SENTRY_CHECK_IN = "sentry.check_in"
    SENTRY_FEEDBACK = "sentry.feedback"
    SENTRY_USER_REPORT = "sentry.user_report"
    SENTRY_ATTACHMENT = "sentry.attachment"
    ROLLBAR_ITEM = "rollbar.item"
    BUGSNAG_EVENTS = "bugsnag.events"
    AIRBRAKE_NOTICE = "airbrake.notice"
    HONEYBADGER_NOTICE = "honeybadger.notice"
    OTLP_TRACES = "otlp.traces"
    OTLP_LOGS = "otlp.logs"
    BROWSER_REPORT = "browser.report"
    EVENT = "errata.event"
    """A canonical event, as a segment of a cut chain hands it on; no client sends it."""


class ItemMeta(msgspec.Struct, frozen=True, array_like=True):
    """What the relay knew when it accepted an item."""

    format: ItemFormat
    project: int
    key_id: str
    """The configured name of the client key, never the key."""
    event_id: str
    """32 lower-case hex digits; the relay makes one up where the client sent none. Empty where the item is no event;
    of an attachment it is that of its event."""
    received_at: int
    """When the request's first byte was read; microseconds since 1970, UTC."""
    client_address: str = ""
    content_type: str = ""
    sdk: str = ""
    """The client's own name and version as in its auth header, such as `sentry.python/2.75.0`."""
    user_agent: str = ""
    sent_at: str = ""
    """The client's clock when it sent the request, as it wrote it; for drift correction."""
    maybe_duplicate: bool = False
    """Set on items drained from a relay's spool: Kafka may already hold them."""
    replay_of: str = ""
    """The origin, as text, of the dead letter that this item replays."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One thing that a client sent."""

    meta: ItemMeta
    payload: bytes
    """As sent, decompressed; a single item of an envelope, without its header line unless it is an attachment."""


class Pack(msgspec.Struct, frozen=True, array_like=True):
    """The items that arrived in the same few milliseconds: one record of `ingest` or `ingest-sessions`."""

    version: int
    items: tuple[Item, ...]


UNREADABLE = "unpack"
"""The stage of a dead letter whose payload is a whole record value of `ingest`, for it could not be read."""


class DeadLetter(msgspec.Struct, frozen=True, array_like=True):
    """An item that could not be processed, whole, with where and how it failed. Unscrubbed: topic access is limited."""

    version: int
    origin: str
    stage: str
    error_class: str
    """The class of the error, never its text: text can hold personal data."""
    config_hash: str
    failed_at: int
    item: Item


_encoder = msgspec.msgpack.Encoder()
_pack_decoder = msgspec.msgpack.Decoder(Pack)
_letter_decoder = msgspec.msgpack.Decoder(DeadLetter)


def is_encodable(meta: ItemMeta) -> bool:
    """Say whether a pack can hold it: half of a surrogate pair, which JSON can name, has no bytes."""
    try:
        _encoder.encode(meta)
    except UnicodeEncodeError:
        return False
    return True


def encode_pack(items: tuple[Item, ...]) -> bytes:
    """Give the record value that holds these items."""
    return _encoder.encode(Pack(PACK_VERSION, items))


def decode_pack(value: bytes) -> Pack:
    """Give the pack in a record value.

    Raises:
        msgspec.DecodeError: the bytes are no pack of a version this reader knows.

    """
    pack = _pack_decoder.decode(value)
    if pack.version != PACK_VERSION:
        raise msgspec.DecodeError(f"pack version {pack.version} is not {PACK_VERSION}")
    return pack


def encode_dead_letter(letter: DeadLetter) -> bytes:
    """Give the record value that holds this dead letter."""
    return _encoder.encode(letter)


def decode_dead_letter(value: bytes) -> DeadLetter:
    """Give the dead letter in a record value; raises `msgspec.DecodeError` when it is none."""
    return _letter_decoder.decode(value)
