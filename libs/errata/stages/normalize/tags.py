"""Tags: pairs of short texts, each key once."""

from typing import Any

from errata.stages.normalize import attributes, rules, values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.pairs import pairs_of
from errata.stages.stage import Event

MAX_TAGS = 200

_FIELDS = frozenset({"environment", "release", "dist", "server_name", "logger", "transaction"})
_PLACE: Place = (None, "tags")
_VALUE = rules.Lenient(values.MESSAGE)


def clean(event: Event, notes: Notes) -> None:
    """Make `event["tags"]` a list of `[key, value]`, each key once, the first one said.

    Spaces in keys become `-`: queries and alert rules name tags by key. Fields of the event that old clients send as
    tags become fields, where the event has none of its own; as tags they would be there twice.
    """
    tags: Any = event.pop("tags")
    found: dict[str, str] = {}
    for index, key, said in pairs_of(tags, _VALUE, _PLACE, notes):
        name = key.strip().replace(" ", "-")
        value = said.strip() if said else ""
        if len(name) > values.TAG:
            notes.error("value_too_long", f"tags.{index}.0", name)
        elif name and value and name not in found:
            limit = values.TAG
            found[name] = value if len(value) <= limit else values.limited(value, limit, (_PLACE, name), notes)
    found.pop("level", None)  # by now every event has one of its own
    for name in _FIELDS & found.keys():
        value = found.pop(name)
        if name not in event and (own := attributes.TEXTS[name](value, (_PLACE, name), notes)):
            event[name] = own
    if len(found) > MAX_TAGS:
        notes.trimmed(_PLACE, {"len": len(found)})
    if found:
        event["tags"] = [[name, value] for name, value in list(found.items())[:MAX_TAGS]]
