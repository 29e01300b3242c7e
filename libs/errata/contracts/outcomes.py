"""The closed vocabulary of endings: how an item that became no event ended, and why.

The same words stand in the `outcomes` topic, in ClickHouse, in metric labels and in answers to clients, so a reason
is added here first. They are a few dozen for ever, never text from a client.
"""

from enum import StrEnum


class OutcomeKind(StrEnum):
    """How an item ended that became no event."""

    FILTERED = "filtered"
    RATE_LIMITED = "rate_limited"
    INVALID = "invalid"
    DUPLICATE = "duplicate"
    DEAD_LETTER = "dead_letter"
    CLIENT_DISCARD = "client_discard"


class Reason(StrEnum):
    """Why an item ended as it did."""

    # filtered: intended, by the project's configuration or because the kind of item is not kept
    IGNORED_TYPE = "ignored_type"
    IGNORED_MESSAGE = "ignored_message"
    IGNORED_RELEASE = "ignored_release"
    IGNORED_ADDRESS = "ignored_address"
    LOCALHOST = "localhost"
    WEB_CRAWLER = "web_crawler"
    LEGACY_BROWSER = "legacy_browser"
    BROWSER_EXTENSION = "browser_extension"
    HEALTH_CHECK = "health_check"
    UNSUPPORTED_ITEM = "unsupported_item"
    UNWANTED_ITEM = "unwanted_item"
    SAMPLED = "sampled"
    # invalid, refused by the relay before it reached Kafka
    BAD_HTTP = "bad_http"
    INCOMPLETE = "incomplete"
    MISSING_KEY = "missing_key"
    UNKNOWN_KEY = "unknown_key"
    DISABLED_KEY = "disabled_key"
    PROJECT_MISMATCH = "project_mismatch"
    FOREIGN_ORIGIN = "foreign_origin"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"
    BAD_ENVELOPE = "bad_envelope"
    BAD_JSON = "bad_json"
    NO_ITEMS = "no_items"
    INTERNAL_ERROR = "internal_error"
    # invalid, found by the processor
    NOT_AN_OBJECT = "not_an_object"
    TOO_DEEP = "too_deep"
    UNKNOWN_PROJECT = "unknown_project"
    # rate_limited
    SPOOL_FULL = "spool_full"
    SPOOL_TOO_OLD = "spool_too_old"
    READERS_BEHIND = "readers_behind"
    QUEUE_FULL = "queue_full"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    SPIKE = "spike"
    # duplicate
    SAME_EVENT_ID = "same_event_id"
    # dead_letter: our fault, kept for a replay
    STAGE_ERROR = "stage_error"
    OUTPUT_TOO_LARGE = "output_too_large"
    POISON = "poison"
    # client_discard: what clients say they did not send, in their own words
    BEFORE_SEND = "before_send"
    EVENT_PROCESSOR = "event_processor"
    SAMPLE_RATE = "sample_rate"
    SEND_ERROR = "send_error"
    NETWORK_ERROR = "network_error"
    RATELIMIT_BACKOFF = "ratelimit_backoff"
    QUEUE_OVERFLOW = "queue_overflow"
    CACHE_OVERFLOW = "cache_overflow"
    OTHER_DISCARD = "other_discard"


class Dropped(Exception):  # noqa: N818 - an intended ending is no error, so it is not named one
    """Ends an event on purpose: it is counted as `filtered` with this reason and goes no further."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Invalid(Exception):  # noqa: N818
    """Ends an item that cannot be an event: it is counted as `invalid` with this reason."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
