"""The fields of an interface, as a table: what each must be, which must be there, what becomes of any other."""

from collections.abc import Iterable, Mapping
from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.rules import Rule
from errata.stages.stage import Event

MAX_FIELDS = 200
"""Fields that are kept of an interface; none has more than 50 of its own."""
_ANY = 2**63 - 1


class Fields:
    """A table of rules by name. Made once, for all events."""

    def __init__(
        self, table: Mapping[str, Rule], *, required: tuple[str, ...] = (), other: Rule = rules.anything
    ) -> None:
        """Name the rules.

        Args:
            table: The rule of each field.
            required: What is noted when it is missing; one that is wrong is only noted as wrong.
            other: The rule of every field that has none.

        """
        self._table = table
        self._required = frozenset(required)
        self._other = other
        self._flags = frozenset(name for name, rule in table.items() if rule is rules.flag)
        self._left = frozenset(name for name, rule in table.items() if rule is rules.as_is)
        # How long text and how large a number may be to be in form already, so that no rule must be asked: of each
        # field, and of one that the table does not know.
        limits = {name: rule.limit if isinstance(rule, rules.Text) else 0 for name, rule in table.items()}
        largest = {name: rule.largest if isinstance(rule, rules.Whole) else -1 for name, rule in table.items()}
        largest |= {name: _ANY for name, rule in table.items() if rule is rules.fraction}
        length = values.MESSAGE if other is rules.anything else _ANY if other is rules.as_is else 0
        self._in_form = limits, length, largest, _ANY if length else -1
        self.names = frozenset(table)

    def clean(self, thing: Event, place: Place, notes: Notes) -> None:
        """Bring all fields into form; nulls and what is wrong are removed.

        Nearly all are in form, so each is first asked whether it is.
        """
        if len(thing) > MAX_FIELDS and self._other is rules.anything:
            notes.trimmed(place, {"len": len(thing)})
            for key in [key for key in thing if key not in self.names][MAX_FIELDS - len(self.names) :]:
                del thing[key]
        odd = []
        limits, length, largest, number = self._in_form
        for key, value in thing.items():
            kind = value.__class__
            if kind is str:
                if 0 < len(value) <= limits.get(key, length):
                    continue
            elif kind is int:
                if 0 <= value <= largest.get(key, number):
                    continue
            elif kind is bool and key in self._flags:
                continue
            if key not in self._left or value is None:
                odd.append(key)
        wrong = self.clean_some(thing, odd, place, notes) if odd else ()
        if self._required and not self._required <= thing.keys():
            for key in sorted(self._required - thing.keys() - set(wrong)):
                notes.missing((place, key))

    def clean_some(self, thing: Event, keys: Iterable[str], place: Place, notes: Notes) -> list[str]:
        """Bring some fields into form, which must be there; give those that were wrong."""
        wrong = []
        for key in keys:
            value = thing[key]
            if value is not None:
                found = self._table.get(key, self._other)(value, (place, key), notes)
                if found is value:
                    continue
                if found is not None:
                    thing[key] = found
                    continue
                wrong.append(key)
            del thing[key]
        return wrong

    def cleaned(self, value: Any, place: Place, notes: Notes) -> Event | None:
        """Give an interface with its fields in form, None when it is no object, empty, or nothing of it is left.

        It is a rule itself, for interfaces within interfaces.
        """
        if not isinstance(value, dict):
            notes.invalid(place, value)
            return None
        if not value:
            return None
        self.clean(value, place, notes)
        return value or None

    def keep(self, event: Event, key: str, notes: Notes) -> None:
        """Bring the interface `event[key]` into form; removed when it cannot be one, or nothing of it is left."""
        value = event[key]
        if value is None or self.cleaned(value, (None, key), notes) is None:
            del event[key]
