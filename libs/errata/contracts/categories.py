"""Sentry's data categories: what quotas, rate limits and client reports call each type of item."""

from collections.abc import Mapping
from types import MappingProxyType

ERROR = "error"
ATTACHMENT = "attachment"
DEFAULT = "default"

_BY_ITEM_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "event": ERROR,
        "transaction": "transaction",
        "span": "span",
        "session": "session",
        "sessions": "session",
        "attachment": ATTACHMENT,
        "check_in": "monitor",
        "profile": "profile",
        "profile_chunk": "profile_chunk",
        "log": "log_item",
        "trace_metric": "trace_metric",
        "replay_event": "replay",
        "replay_recording": "replay",
        "replay_video": "replay",
        "feedback": "feedback",
        "client_report": "internal",
    }
)

CATEGORIES = frozenset({*_BY_ITEM_TYPE.values(), DEFAULT, "log_byte", "trace_metric_byte", "profile_duration"})
"""Every category there is, those included that only client reports speak of: they measure bytes and time."""


def category_of(item_type: str) -> str:
    """Give the category of an item's type; `default` for a type that is not known."""
    return _BY_ITEM_TYPE.get(item_type, DEFAULT)
