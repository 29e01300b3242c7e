"""Interfaces that hold several of one thing: `{"values": [...]}`, a bare list, or, in old clients, one thing alone."""

from typing import Any

from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event


def keep_values(event: Event, key: str, single: frozenset[str], longest: int, notes: Notes) -> list[Event]:
    """Make `event[key]` an object with `values`, a list of objects, and give that list; removed when there are none.

    `single` holds the keys by which one thing alone is recognized. Of more than `longest` things the first and the last
    half are kept: the oldest cause and the newest event say most.
    """
    value: Any = event.get(key)
    if isinstance(value, dict):
        values = value.get("values")
        if values is None and not single.isdisjoint(value):
            value, values = {}, [value]
    else:
        value, values = {}, value
    if values is None or values == []:
        event.pop(key, None)
        return []
    if not isinstance(values, list):
        del event[key]
        notes.invalid((None, key), values)
        return []
    things = []
    place: Place = ((None, key), "values")
    for index, item in enumerate(ends(values, longest, place, notes)):
        if isinstance(item, dict):
            things.append(item)
        elif item is not None:
            notes.invalid((place, index), item)
    if not things:
        del event[key]
        return []
    value["values"] = things
    event[key] = value
    return things


def ends(items: list[Any], longest: int, place: Place, notes: Notes) -> list[Any]:
    """Give at most `longest` items: the first and the last of them, the middle is left out and noted."""
    if len(items) <= longest:
        return items
    head = longest // 2
    notes.trimmed(place, {"len": len(items), "rem": [["!limit", "x"]]})
    return items[:head] + items[head - longest :]
