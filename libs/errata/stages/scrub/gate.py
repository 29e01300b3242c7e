r"""The gate: one look over the event's bytes says which rules can have anything to find; mostly none, and that is that.

It reads canonical JSON, because what a client sent may hide text in escapes (`"\u0034111"`) that canonical JSON spells
out. The patterns' automata run as one, so that twenty rules cost twice what one costs.
"""

from collections.abc import Sequence

import re2

from errata.stages.scrub.catalog import Rule

_MEMORY = 64 << 20
"""Bytes for the automaton's states; they are built as texts need them, so little of it is used."""


class Gate:
    """Tells which of a project's rules are worth a walk through an event."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Build the automaton of all rules' hints."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.never_capture = True
        options.log_errors = False
        self._set = re2.Set.SearchSet(options)
        # Matches every event: `Set.Match` gives nothing both when nothing matches and when it ran out of memory.
        self._set.Add(rb"\A\{")
        self._owners: list[int] = [-1]
        self._always = frozenset(number for number, rule in enumerate(rules) if rule.hint is None)
        self._all = frozenset(range(len(rules)))
        for number, rule in enumerate(rules):
            if rule.hint is not None:
                self._set.Add(rule.hint)
                self._owners.append(number)
        self._set.Compile()

    def __call__(self, data: bytes) -> frozenset[int]:
        """Give the numbers of the rules that may find something in an event, given as canonical JSON."""
        matched = self._set.Match(data)
        if not matched:
            return self._all
        if len(matched) == 1:
            return self._always
        return self._always.union(self._owners[index] for index in matched if index)
