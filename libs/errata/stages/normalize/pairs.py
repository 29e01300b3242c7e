"""Things with a name each, as a list of `[name, value]`: headers, cookies, query parameters, tags."""

from itertools import islice
from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place

MAX_PAIRS = 200
MAX_LOOKED_AT = 1000
"""Pairs looked at before those that count are chosen."""
VALUE = 4096
"""Characters of a value."""


def pairs_of(value: Any, place: Place, notes: Notes) -> list[list[str]]:
    """Give an object, a list of pairs, or a list of `{"key", "value"}` as pairs of texts; noted when it is neither."""
    if value is None or value in ("", [], {}):
        return []
    if not isinstance(value, dict | list):
        notes.invalid(place, value)
        return []
    if len(value) > MAX_LOOKED_AT:
        notes.trimmed(place, {"len": len(value)})
    pairs: list[list[str]] = []
    for index, item in enumerate(islice(value.items() if isinstance(value, dict) else value, MAX_LOOKED_AT)):
        if item is None:
            continue
        if (pair := _pair(item)) is None:
            notes.invalid((place, index))
        else:
            pairs.append(pair)
    return limited_pairs(pairs, place, notes)


def _pair(item: Any) -> list[str] | None:
    if isinstance(item, dict):
        item = (item.get("key", item.get("name")), item.get("value"))
    if not isinstance(item, list | tuple) or len(item) != 2:
        return None
    name, value = item
    key = values.text_of(name)
    if key is None:
        return None
    if isinstance(value, list):
        value = ",".join(values.text_of(part) or "" for part in value)
    if isinstance(value, dict):
        return None
    return [key.strip(), values.text_of(value) or ""]


def limited_pairs(pairs: list[list[str]], place: Place, notes: Notes) -> list[list[str]]:
    """Give at most `MAX_PAIRS` of the pairs, their texts in bounds."""
    if len(pairs) > MAX_PAIRS:
        notes.trimmed(place, {"len": len(pairs)})
        del pairs[MAX_PAIRS:]
    for index, pair in enumerate(pairs):
        if len(pair[0]) > values.NAME:
            pair[0] = values.limited(pair[0], values.NAME, ((place, index), 0), notes)
        if len(pair[1]) > VALUE:
            pair[1] = values.limited(pair[1], VALUE, ((place, index), 1), notes)
    return pairs
