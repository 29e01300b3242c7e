"""Free trees (extra, variables, contexts, request bodies): kept as they are, cut where they are too deep or too large.

The gate comes first: one fast serialization tells whether a tree can be too large or too deep at all. Almost none is,
so almost none is walked.
"""

from typing import Any, NamedTuple

import orjson

from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.values import limited


class Budget(NamedTuple):
    """How much of a tree is kept."""

    depth: int
    """Levels of containers, the tree itself included."""
    size: int
    """Bytes, about, of its JSON."""


SMALL = Budget(depth=6, size=8 * 1024)
"""For each of what an event has many of: variables of a frame, data of a breadcrumb or a mechanism."""
LARGE = Budget(depth=10, size=64 * 1024)
"""For what it has once: a context, the request's body, extra, fields that nobody knows."""


def kept(tree: Any, budget: Budget, place: Place, notes: Notes) -> Any:
    """Give the tree, or a copy cut to the budget, with a note at each place where something is missing."""
    return tree if fits(tree, budget) else _Cut(budget.size, notes).of(tree, budget.depth, place)


def fits(tree: Any, budget: Budget) -> bool:
    """Give whether the tree is within the budget as it is."""
    try:
        data = orjson.dumps(tree)
    except TypeError:  # deeper than orjson goes, or it has grown something that is no JSON: it must be walked
        return False
    if len(data) > budget.size:
        return False
    return data.count(b"{") + data.count(b"[") <= budget.depth or _depth_within(tree, budget.depth)


def _depth_within(tree: Any, limit: int) -> bool:
    """Give whether containers are nested at most `limit` deep; level by level, so hostile depth costs no stack."""
    level = [tree]
    for _ in range(limit):
        level = [
            child
            for node in level
            for child in (node.values() if node.__class__ is dict else node)
            if child.__class__ is dict or child.__class__ is list
        ]
        if not level:
            return True
    return False


class _Cut:
    """One walk over a tree that spends its budget in reading order."""

    def __init__(self, size: int, notes: Notes) -> None:
        self.left = size
        self.notes = notes

    def of(self, value: Any, depth: int, place: Place) -> Any:
        """Give the value cut to what is left; recursion ends at `depth`, which is small."""
        if isinstance(value, str):
            text = limited(value, max(self.left, 16), place, self.notes)
            self.left -= len(text) + 2
            return text
        if not isinstance(value, dict | list):
            self.left -= 8
            return value
        if depth == 0:
            # Not turned into text, as Sentry does: the scrubber could no longer see the keys in it.
            self.notes.trimmed(place, {"len": len(value), "rem": [["!limit", "x"]]})
            return None
        if isinstance(value, dict):
            return self._object(value, depth, place)
        items: list[Any] = []
        for index, item in enumerate(value):
            if self.left <= 0:
                self.notes.trimmed(place, {"len": len(value)})
                break
            self.left -= 1
            items.append(self.of(item, depth - 1, (place, index)))
        return items

    def _object(self, value: dict[str, Any], depth: int, place: Place) -> dict[str, Any]:
        kept_items: dict[str, Any] = {}
        for key, item in value.items():
            self.left -= len(key) + 4
            if self.left <= 0:
                self.notes.trimmed(place, {"len": len(value)})
                break
            kept_items[key] = self.of(item, depth - 1, (place, key))
        return kept_items
