"""Event ids as Sentry clients write them: 32 hex digits, or a UUID with hyphens."""

import re
from typing import Any

_EVENT_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NIL = "0" * 32


def event_id(value: Any) -> str:
    """Give an event id as 32 lower-case hex digits; empty when the value is none.

    The nil id counts as none: clients that send it have no id, and they must not be taken for duplicates of each other.
    """
    if not isinstance(value, str) or not _EVENT_ID.fullmatch(value):
        return ""
    plain = value.replace("-", "").lower()
    return "" if plain == _NIL else plain
