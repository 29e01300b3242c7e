"""Things with a name each, as a list of `[name, value]`: headers, cookies, query parameters, tags."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.notes import Notes, Place

MAX_PAIRS = 200
MAX_LOOKED_AT = 1000
"""Pairs looked at before those that count are chosen."""
VALUE = 4096
"""Characters of a value."""

_NAME = rules.Lenient(values.NAME)


def pairs_of(value: Any, rule: rules.Rule, place: Place, notes: Notes) -> Iterator[tuple[int, str, Any]]:
    """Yield place, name and value of each pair of an object, a list of pairs, or a list of `{"key", "value"}`.

    An object is read by name. Values that are no text of at most `VALUE` characters are by the rule, null where the
    client said null or what is wrong. What is no pair is noted, and so is all of it when it is neither object nor list.
    """
    if not isinstance(value, dict | list):
        if value is not None and value != "":
            notes.invalid(place, value)
        return
    if len(value) > MAX_LOOKED_AT:
        notes.trimmed(place, {"len": len(value)})
    items: Any = sorted(value.items()) if isinstance(value, dict) else value
    for index, item in enumerate(islice(items, MAX_LOOKED_AT)):
        pair = (item.get("key", item.get("name")), item.get("value")) if isinstance(item, dict) else item
        if pair is None:
            continue
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            notes.invalid((place, index))
            continue
        name, said = pair
        if name.__class__ is not str or len(name) > values.NAME:
            name = _NAME(name, ((place, index), 0), notes) if name is not None else None
        if name:
            if said is not None and (said.__class__ is not str or len(said) > VALUE):
                said = rule(said, ((place, index), 1), notes)
            yield index, name, said


def limited_pairs(pairs: list[list[Any]], place: Place, notes: Notes) -> list[list[Any]]:
    """Give at most `MAX_PAIRS` of the pairs."""
    if len(pairs) > MAX_PAIRS:
        notes.trimmed(place, {"len": len(pairs)})
        del pairs[MAX_PAIRS:]
    return pairs
