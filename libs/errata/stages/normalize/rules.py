"""What one value must be: a rule for each kind.

A rule gives a value in form, or None when it cannot be what its name says, which it notes. Numbers are not silently
made text: where Sentry takes any scalar the rule is `Lenient`, where it takes anything at all `AsJson`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any, TypeAlias

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL, Budget, kept

Rule: TypeAlias = Callable[[Any, Place, Notes], Any]
"""Takes a value that is not null, where it stands, and the notes."""


class Text:
    """Text of at most `limit` characters; empty text says nothing, and goes."""

    empty: str | None = None

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, value: Any, place: Place, notes: Notes) -> str | None:
        text = self._read(value)
        if text is None:
            notes.invalid(place, value)
            return None
        return (text if len(text) <= self.limit else values.limited(text, self.limit, place, notes)) or self.empty

    def _read(self, value: Any) -> str | None:
        return value if value.__class__ is str else None


class Lenient(Text):
    """Text that clients also send as number or boolean."""

    def _read(self, value: Any) -> str | None:
        return values.text_of(value)


class AsJson(Text):
    """Text that clients also send as anything else: that becomes JSON."""

    def _read(self, value: Any) -> str | None:
        return values.json_text(value)


class Verbatim(Text):
    """Text that says something even when it is empty."""

    empty = ""


class NonEmpty(Text):
    """Text that may not be empty."""

    def _read(self, value: Any) -> str | None:
        return value if value.__class__ is str and value else None


class Whole:
    """Whole numbers of a range; as text they are read, too."""

    def __init__(self, largest: int = 2**63 - 1, smallest: int = 0) -> None:
        self.largest = largest
        self.smallest = smallest

    def __call__(self, value: Any, place: Place, notes: Notes) -> int | None:
        number = value
        if value.__class__ is str:
            number = values.number_in(value)
        elif value.__class__ is float:
            number = int(value) if value.is_integer() and abs(value) < 2**63 else None
        if number.__class__ is int and self.smallest <= number <= self.largest:
            return int(number)
        notes.invalid(place, value)
        return None


MAX_ADDRESSES = 256
"""Of one object: the registers of a processor."""

number = Whole()
signed = Whole(smallest=-(2**63))


def fraction(value: Any, place: Place, notes: Notes) -> float | None:
    """Keep a number of any kind."""
    if value.__class__ is float or value.__class__ is int:
        return value
    notes.invalid(place, value)
    return None


def flag(value: Any, place: Place, notes: Notes) -> bool | None:
    """Keep true and false."""
    if value is True or value is False:
        return value
    notes.invalid(place, value)
    return None


def address(value: Any, place: Place, notes: Notes) -> str | None:
    """Give a memory address or register as hex after `0x`, from such text, decimal text or a number."""
    number = values.number_in(value) if value.__class__ is str else value
    if number.__class__ is int and 0 <= number < 2**64:
        return hex(number)
    notes.invalid(place, value)
    return None


def addresses(value: Any, place: Place, notes: Notes) -> Any:
    """Give an object of addresses by name; what is none becomes null."""
    if value.__class__ is not dict:
        notes.invalid(place, value)
        return None
    if len(value) > MAX_ADDRESSES:
        notes.trimmed(place, {"len": len(value)})
    some = islice(value.items(), MAX_ADDRESSES)
    return {k: None if v is None else address(v, (place, k), notes) for k, v in some} or None


def hex_id(length: int) -> Rule:
    """Give the rule for ids of so many lower-case hex digits; hyphens do not count, all zeros name nothing."""
    digits_of = re.compile(f"[0-9a-fA-F]{{{length}}}").fullmatch

    def rule(value: Any, place: Place, notes: Notes) -> str | None:
        if value.__class__ is str:
            digits: str = value.replace("-", "") if "-" in value else value
            if digits_of(digits) and digits.strip("0"):
                return digits.lower()
        notes.invalid(place, value)
        return None

    return rule


def one_of(words: Mapping[Any, str]) -> Rule:
    """Give the rule for a word out of a list, or whatever else stands for it."""

    def rule(value: Any, place: Place, notes: Notes) -> str | None:
        if value.__class__ in (str, int) and value in words:
            return words[value]
        notes.invalid(place, value)
        return None

    return rule


def tree(budget: Budget) -> Rule:
    """Give the rule for objects that the application fills; an empty one goes."""

    def rule(value: Any, place: Place, notes: Notes) -> Any:
        if value.__class__ is dict:
            return kept(value, budget, place, notes) if value else None
        notes.invalid(place, value)
        return None

    return rule


def are_texts(items: Iterable[Any]) -> bool:
    """Give whether all items are text, as fast as can be told."""
    try:
        "".join(items)
    except TypeError:
        return False
    return True


def texts(limit: int, longest: int) -> Rule:
    """Give the rule for lists of at most `longest` texts; empty ones go."""
    text = Text(limit)

    def rule(value: Any, place: Place, notes: Notes) -> list[str] | None:
        if value.__class__ is not list:
            notes.invalid(place, value)
            return None
        if len(value) > longest:
            notes.trimmed(place, {"len": len(value)})
        elif value and are_texts(value) and all(value) and max(map(len, value)) <= limit:
            return value  # as nearly all are
        each = (text(item, (place, index), notes) for index, item in enumerate(value[:longest]) if item is not None)
        return [found for found in each if found] or None

    return rule


def anything(value: Any, place: Place, notes: Notes) -> Any:
    """Keep whatever it is, in bounds."""
    if value.__class__ is dict or value.__class__ is list:
        return kept(value, SMALL, place, notes)
    return values.limited(value, values.MESSAGE, place, notes) if value.__class__ is str else value


def in_bounds(budget: Budget) -> Rule:
    """Give the rule that keeps whatever it is in other bounds."""

    def rule(value: Any, place: Place, notes: Notes) -> Any:
        return kept(value, budget, place, notes)

    return rule


def as_is(value: Any, _place: Place, _notes: Notes) -> Any:
    """Leave a field alone that has a step of its own, or whose interface is bounded as a whole."""
    return value
