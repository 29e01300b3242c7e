"""Interfaces that hold several of one thing: `{"values": [...]}`, a bare list, or, in old clients, one thing alone.

A thing that is wrong becomes null and is not taken out, as in Sentry: places in `errors` and `_meta` count from the
first, so nothing may move.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event

Choice: TypeAlias = Callable[[list[Any], int], list[Any]]


def open_values(event: Event, key: str, longest: int, notes: Notes, choose: Choice | None = None) -> list[Any]:
    """Make `event[key]` an object with `values`, objects and nulls, and give that list; removed when there are none.

    Of more than `longest` things those are kept that `choose` says, else both ends: the oldest cause and the newest
    event say most.
    """
    interface: Any = event[key]
    outer: Place = (None, key)
    place: Place = (outer, "values")
    if not isinstance(interface, dict):
        interface, place = {"values": interface}, outer
    elif interface and "values" not in interface:
        interface = {"values": [interface]}
    things = interface.get("values")
    if not isinstance(things, list) or not things:
        del event[key]
        if things is not None and things != []:
            notes.invalid(place, things)
        return []
    place = (outer, "values")
    interface["values"] = things = objects(things, longest, place, notes, choose)
    event[key] = interface
    return things


def objects(items: list[Any], longest: int, place: Place, notes: Notes, choose: Choice | None = None) -> list[Any]:
    """Give at most `longest` objects of a list; nulls stay, what else is no object becomes null and is noted."""
    if len(items) > longest:
        notes.trimmed(place, {"len": len(items), "rem": [["!limit", "x"]]})
        items = (choose or ends)(items, longest)
    if {*map(type, items)} != {dict}:
        for index, item in enumerate(items):
            if item.__class__ is not dict and item is not None:
                notes.invalid((place, index), item)
                items[index] = None
    return items


def close_values(event: Event, key: str) -> None:
    """Remove the interface when none of its things is left."""
    if key in event and not any(event[key]["values"]):
        del event[key]


def ends(items: list[Any], longest: int) -> list[Any]:
    """Give the first and the last of the items, the middle is left out."""
    head = longest // 2
    return items[:head] + items[head - longest :]


def newest(items: list[Any], longest: int) -> list[Any]:
    """Give the last of the items."""
    return items[-longest:]
