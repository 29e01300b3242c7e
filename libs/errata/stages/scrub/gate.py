"""The gate: one look over many texts says which rules can find anything in them; mostly none, and that is that.

The patterns' automata run as one, so that twenty rules cost little more than one.
"""

from collections.abc import Sequence

import re2

from errata.stages.scrub.catalog import Rule

_MEMORY = 64 << 20
"""Bytes for the automaton's states; they are built as texts need them, so little of it is used."""


class Gate:
    """Tells which of some rules are worth a search."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Build the automaton of all rules' hints."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.never_capture = True
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        # Matches every text: `Set.Match` gives nothing both when nothing matches and when it ran out of memory.
        self._set.Add(rb"\A")
        self._hinted: list[int] = []
        for number, rule in enumerate(rules):
            if rule.search.hint is not None:
                self._set.Add(rule.search.hint)
                self._hinted.append(number)
        self._set.Compile()
        self._rules = tuple(rules)
        self._always = tuple(rule for rule in rules if rule.search.hint is None)

    def __call__(self, *forms: bytes) -> Sequence[Rule]:
        """Give those rules, in their order, that may find something in texts, given joined by NUL, in any form."""
        opened: set[int] = set()
        for data in forms:
            matched = self._set.Match(data)
            if not matched:
                return self._rules
            if len(matched) > 1:
                opened.update(self._hinted[index - 1] for index in matched if index)
        if not opened:
            return self._always
        return [rule for number, rule in enumerate(self._rules) if number in opened or rule.search.hint is None]
