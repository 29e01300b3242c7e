"""Tags: pairs of short texts, each key once."""

from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.pairs import pairs_of
from errata.stages.stage import Event

MAX_TAGS = 200

_FIELDS = ("environment", "release", "dist", "server_name", "logger", "transaction", "level")
"""Fields of the event that old clients send as tags. The field wins; as tags they would be there twice."""

_PLACE: Place = (None, "tags")


def clean(event: Event, notes: Notes) -> None:
    """Make `event["tags"]` a list of `[key, value]`, each key once, the last one said.

    Spaces in keys become `-`: queries and alert rules name tags by key.
    """
    tags: Any = event.pop("tags")
    if isinstance(tags, list):
        # Scalars beside pairs happen; a list of nothing but pairs is the rule.
        tags = [tag for tag in tags if tag is not None]
    elif isinstance(tags, dict):
        tags = {key: value for key, value in tags.items() if value is not None}
    found: dict[str, str] = {}
    for key, value in pairs_of(tags, _PLACE, notes):
        name = key.replace(" ", "-") if " " in key else key
        if not name or not value:
            continue
        if len(name) > values.TAG:
            notes.error("invalid_data", "tags", name)
            continue
        found[name] = value if len(value) <= values.TAG else values.limited(value, values.TAG, (_PLACE, name), notes)
    for name in _FIELDS:
        if name in found:
            value = found.pop(name)
            if not event.get(name):
                event[name] = value
    if len(found) > MAX_TAGS:
        notes.trimmed(_PLACE, {"len": len(found)})
    if found:
        event["tags"] = [[name, value] for name, value in list(found.items())[:MAX_TAGS]]
