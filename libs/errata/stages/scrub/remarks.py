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


def note(event: Event, path: Sequence[str | int], remarks: Iterable[Remark], length: int | None) -> None:
    """Add remarks on the value at a path; what a client wrote there in another form gives way."""
    node = event
    for step in ("_meta", *path):
        below = node.get(str(step))
        if not isinstance(below, dict):
            below = node[str(step)] = {}
        node = below
    known: dict[str, Any] = node[""] if isinstance(node.get(""), dict) else {}
    node[""] = known
    before = known.get("rem")
    known["rem"] = [*(before if isinstance(before, list) else ()), *map(list, remarks)][:MAX_REMARKS]
    if length is not None:
        known.setdefault("len", length)
