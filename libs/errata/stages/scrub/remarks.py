"""The note of a redaction beside the event, in Sentry's `_meta`: which rule, what it did, where in the text.

`_meta` mirrors the event's tree; under the key `""` of a node stands what is known of its value:
`{"rem": [["@email", "s", 0, 7]], "len": 24}`, the range in characters of the text as it is now, `len` as it was.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from errata.stages.scrub.methods import Kind
from errata.stages.stage import Event

Remark: TypeAlias = tuple[str, Kind] | tuple[str, Kind, int, int]

Edit: TypeAlias = tuple[int, int, int]
"""Start and end of what was replaced, in characters of the text before, and how many stand there now."""

MAX_REMARKS = 100
"""A value; a text of nothing but addresses would otherwise be noted at greater length than it has."""


class Remarks:
    """The remarks on one event."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._nodes: dict[int, tuple[Any, dict[str, Any]]] = {}
        """By the id of a container, which is kept so that no other gets its id: its node in `_meta`."""

    def note(
        self,
        container: Any,
        path: Sequence[str | int],
        remarks: Iterable[Remark],
        length: int | None = None,
        edits: Sequence[Edit] = (),
    ) -> None:
        """Add remarks on the value at a path, whose last step is a key of the container.

        Ranges that were noted there before, such as where a text was cut, move with the edits. What a client wrote
        there in another form gives way.
        """
        known = self._nodes.get(id(container))
        if known is None:
            node = self._event
            for step in ("_meta", *path[:-1]):
                node = _below(node, str(step))
            self._nodes[id(container)] = container, node
        else:
            _, node = known
        here = _below(_below(node, str(path[-1])), "")
        before = here.get("rem")
        moved = [_moved(remark, edits) for remark in before] if isinstance(before, list) else ()
        here["rem"] = [*moved, *map(list, remarks)][:MAX_REMARKS]
        if length is not None:
            here.setdefault("len", length)


def _below(node: dict[str, Any], key: str) -> dict[str, Any]:
    below = node.get(key)
    if not isinstance(below, dict):
        below = node[key] = {}
    return below


def _moved(remark: Any, edits: Sequence[Edit]) -> Any:
    """Give a remark with its range as it is after the edits, which are in order of place."""
    if not (isinstance(remark, list) and len(remark) == 4 and all(isinstance(place, int) for place in remark[2:])):
        return remark
    first, last = remark[2:]
    grown_first = grown_last = 0
    for start, end, now in edits:
        growth = now - (end - start)
        if end <= remark[2]:
            grown_first += growth
        elif start < remark[2]:  # it began within what was replaced
            first = start
        if end <= remark[3]:
            grown_last += growth
        elif start < remark[3]:
            last = end
            grown_last += growth
    return [*remark[:2], first + grown_first, last + grown_last]
