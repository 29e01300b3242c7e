"""Cookies: pairs, from the text of the header or from what a framework made of it."""

from typing import Any
from urllib.parse import unquote

from errata.stages.normalize import rules, values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.pairs import MAX_PAIRS, VALUE, limited_pairs, pairs_of

_VALUE = rules.Text(VALUE)


def cookies_of(value: Any, place: Place, notes: Notes) -> list[list[Any]]:
    """Give the cookies as pairs; what is no cookie is noted, without its text, which may be a secret."""
    if not isinstance(value, str):
        pairs = [[name, said] for _, name, said in pairs_of(value, _VALUE, place, notes)]
        return limited_pairs(pairs, place, notes)
    pairs = []
    for part in value.split(";", MAX_PAIRS + 1)[: MAX_PAIRS + 1]:
        name, equals, said = (piece.strip() for piece in part.partition("="))
        if name and equals:
            try:
                name, said = unquote(name, errors="strict"), unquote(said, errors="strict")
            except UnicodeDecodeError:
                notes.invalid(place)
            else:
                number = len(pairs)
                pairs.append(
                    [
                        values.limited(name, values.NAME, ((place, number), 0), notes),
                        values.limited(said, VALUE, ((place, number), 1), notes),
                    ]
                )
        elif name or equals:
            notes.invalid(place)
    return limited_pairs(pairs, place, notes)
