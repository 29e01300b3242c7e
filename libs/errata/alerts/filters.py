"""The filters of a rule: which events it looks at."""

from collections.abc import Callable

import msgspec

from errata.contracts.flat_event import FlatEvent
from errata.contracts.messages import Level

LEVELS: dict[Level, int] = {Level.DEBUG: 10, Level.INFO: 20, Level.WARNING: 30, Level.ERROR: 40, Level.FATAL: 50}
"""Sentry's numbers, which are those of Python's logging."""

LEVEL_MATCHES: dict[str, Callable[[int, int], bool]] = {
    "eq": int.__eq__,
    "gte": int.__ge__,
    "lte": int.__le__,
}

TAG_MATCHES: dict[str, Callable[[str | None, str], bool]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "co": lambda value, wanted: value is not None and wanted in value,
    "nc": lambda value, wanted: value is None or wanted not in value,
    "sw": lambda value, wanted: value is not None and value.startswith(wanted),
    "nsw": lambda value, wanted: value is None or not value.startswith(wanted),
    "ew": lambda value, wanted: value is not None and value.endswith(wanted),
    "new": lambda value, wanted: value is None or not value.endswith(wanted),
    "is": lambda value, _wanted: value is not None,
    "ns": lambda value, _wanted: value is None,
}
"""Sentry's words: equal, contains, starts with, ends with, is set, and their opposites. An event without the tag
passes the negative ones. Case is ignored."""

# What Sentry's clients send as fields, and its rules know as tags.
_FIELDS = ("environment", "release", "dist", "level", "transaction", "logger", "server_name", "platform")


class LevelFilter(msgspec.Struct, frozen=True):
    """Passes events of this level, or at least, or at most."""

    match: str
    level: int

    def passes(self, event: FlatEvent) -> bool:
        """Say whether the event passes."""
        return LEVEL_MATCHES[self.match](LEVELS[event.level], self.level)


class TagFilter(msgspec.Struct, frozen=True):
    """Passes events by a tag, or by a field that Sentry's rules know as one."""

    key: str
    match: str
    value: str = ""

    def passes(self, event: FlatEvent) -> bool:
        """Say whether the event passes."""
        value = tag_of(event, self.key)
        return TAG_MATCHES[self.match](None if value is None else value.strip().lower(), self.value)


Filter = LevelFilter | TagFilter


def tag_of(event: FlatEvent, key: str) -> str | None:
    """Give the value of a tag, whatever the case of its key; None when the event has none."""
    if key in _FIELDS:
        return getattr(event, key) or None
    if key in event.tags:
        return event.tags[key]
    return next((value for name, value in event.tags.items() if name.lower() == key), None)
