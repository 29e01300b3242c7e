"""Values under names of secrets: they go whole, whatever they are; the name alone says enough."""

from collections.abc import Sequence
from typing import Any

from errata.config.scrub import DataType
from errata.stages.scrub import places
from errata.stages.scrub.catalog import Rule
from errata.stages.scrub.keys import Keys
from errata.stages.scrub.methods import FILTERED
from errata.stages.scrub.redaction import MOST_NOTED, Redaction
from errata.stages.scrub.walk import LARGE, Node

_SAYS_NOTHING = frozenset(("", FILTERED, "None", "null", "undefined"))


class NamedSecrets:
    """Decides in one event, while it is walked, and keeps what is to be redacted."""

    def __init__(self, redaction: Redaction, rules: Sequence[Rule], keys: Keys, excluded: frozenset[str]) -> None:
        """Begin; `rules` are those that go by names, the project's own first."""
        self.taken: dict[tuple[int, Any], tuple[Node, Rule]] = {}
        self._emptied: set[int] = set()
        self._redaction = redaction
        self._rules = rules
        self._keys = keys
        self._excluded = excluded

    def __call__(self, node: Node, value: Any, name: str) -> bool:
        """Say whether a value is to be redacted whole; flags and what is empty say nothing and stay."""
        if id(node[1]) in self._emptied:
            return True
        if value is None or isinstance(value, bool) or value in ([], {}):
            return False
        if isinstance(value, str) and value in _SAYS_NOTHING:
            return False
        if name.lower().lstrip("-") in self._excluded:
            return False
        path = self._redaction.path(node)
        rule = self._rule(path, value, self._keys.judge(name))
        if rule is None:
            return False
        if isinstance(value, dict) and len(path) == 2 and path[0] == "contexts" and len(value) <= LARGE:
            # A context is an object by its schema, so it stays one, and its keys are still to be looked at.
            for key, inner in value.items():
                # Its kind, as normalize writes it, is the schema's, too.
                kind = key == "type" and inner in (path[1], "default")
                if not (kind or inner is None or isinstance(inner, bool) or inner in ([], {}, *_SAYS_NOTHING)):
                    self._take((node, value, key), rule)
            return False
        if len(self.taken) > MOST_NOTED and places.is_in_bag(path):
            self._emptied.add(id(node[1]))
            node = node[0]
        self._take(node, rule)
        return True

    def _take(self, node: Node, rule: Rule) -> None:
        self.taken.setdefault((id(node[1]), node[2]), (node, rule))

    def _rule(self, path: Sequence[str | int], value: Any, judged: int) -> Rule | None:
        for rule in self._rules:
            if rule.kind is DataType.PASSWORD:
                of_session = judged & Keys.SESSION and places.is_cookie(path)
                meant = bool(judged & Keys.PASSWORD or of_session) and not places.is_protected(path)
            else:
                meant = bool(judged & Keys.FIELD) and not places.is_schema(path)
            if meant and (rule.where is None or rule.where(path, value)):
                return rule
        return None
