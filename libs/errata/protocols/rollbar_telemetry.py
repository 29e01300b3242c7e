"""What happened before a Rollbar item: telemetry of browsers and Node, and Python's history of reports."""

from typing import Any

from errata.contracts.levels import level_of
from errata.protocols import foreign
from errata.protocols.foreign import Tree

_CATEGORIES = {"log": "console", "dom": "ui", "network": "xhr", "navigation": "navigation", "error": "exception"}
_TYPES = {"network": "http", "navigation": "navigation", "error": "error", "dom": "ui"}


def breadcrumbs_of(rest: Tree, server: Tree) -> list[Tree]:
    """Take the breadcrumbs out of `telemetry`, and of `history` of the server; oldest first, as they come."""
    crumbs = [_telemetry(entry) for entry in foreign.take_crumbs(rest, "telemetry")]
    return crumbs + [_history(entry) for entry in foreign.take_crumbs(server, "history")]


def _telemetry(entry: Tree) -> Tree:
    kind = foreign.take_text(entry, "type")
    body: Any = entry.pop("body", None)
    data = body if isinstance(body, dict) else {"body": body}
    message = foreign.take_text(data, "message")
    level = foreign.take_text(entry, "level")
    crumb = {
        "timestamp": entry.pop("timestamp_ms", None),  # a number above 1e11: normalize knows milliseconds
        "type": _TYPES.get(kind, "default"),
        "category": _CATEGORIES.get(kind, kind or "manual"),
        "level": level_of(level) or level,
        "message": message,
        "data": foreign.without_empty({**entry, **data}),
    }
    return foreign.without_empty(crumb)


def _history(entry: Tree) -> Tree:
    crumb = {
        "timestamp": entry.pop("timestamp", None),
        "category": "rollbar",
        "message": foreign.take_text(entry, "format"),
        "data": foreign.without_empty(entry),
    }
    return foreign.without_empty(crumb)
