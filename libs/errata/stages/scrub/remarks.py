"""The note of a redaction beside the event, in Sentry's `_meta`: which rule, what it did, where in the text.

`_meta` mirrors the event's tree; under the key `""` of a node stands what is known of its value:
`{"rem": [["@email", "s", 0, 7]], "len": 24}`, the range in characters of the text as it is now, `len` as it was.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from errata.stages.scrub.methods import Kind
from errata.stages.stage import Event

Remark: TypeAlias = tuple[str, Kind] | tuple[str, Kind, int, int]

MAX_REMARKS = 100
"""A value; a text of nothing but addresses would otherwise be noted at greater length than it has."""


class Remarks:
    """The remarks on one event."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._nodes: dict[int, tuple[Any, dict[str, Any]]] = {}
        """By the id of a container, which is kept so that no other gets its id: its node in `_meta`."""

    def note(
        self, container: Any, path: Sequence[str | int], remarks: Iterable[Remark], length: int | None = None
    ) -> None:
        """Add remarks on the value at a path, whose last step is a key of the container.

        What a client wrote there in another form gives way.
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
        here["rem"] = [*(before if isinstance(before, list) else ()), *map(list, remarks)][:MAX_REMARKS]
        if length is not None:
            here.setdefault("len", length)


def _below(node: dict[str, Any], key: str) -> dict[str, Any]:
    below = node.get(key)
    if not isinstance(below, dict):
        below = node[key] = {}
    return below
