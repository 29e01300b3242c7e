"""Good bodies of every client, and the same after a few accidents: values replaced, lost, doubled, wrapped."""

import json
from typing import Any

from hypothesis import strategies as st
from tests.protocols import goldens
from tests.protocols.converting import BodyFormat

BODIES = [
    (BodyFormat[golden["format"]], golden["body"]) for golden in map(goldens.load, goldens.PATHS) if "body" in golden
]
ODD_TEXTS = st.sampled_from(["", "\x00", "\ud800", "\U0001f4a5", "9" * 400, "a" * 5_000, "1e999", "{{auto}}"])
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**70, -(2**70), float("nan"), float("inf")])
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def places(tree: Any, at: tuple = ()) -> list[tuple]:
    """Give the way to each value in a tree, the tree itself aside."""
    found = [at] if at else []
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return found + [place for step, inner in steps for place in places(inner, (*at, step))]


def inner(tree: Any, place: tuple) -> Any:
    """Give what stands in a place of a tree."""
    for step in place:
        tree = tree[step]
    return tree


def _replace(draw, holder: Any, key: Any) -> None:
    holder[key] = draw(ANYTHING)


def _delete(draw, holder: Any, key: Any) -> None:
    del holder[key]


def _double(draw, holder: Any, key: Any) -> None:
    """Put a value into its list once more, or under the name of its neighbour."""
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[draw(st.sampled_from(list(holder)))] = holder[key]


def _wrap(draw, holder: Any, key: Any) -> None:
    holder[key] = draw(st.sampled_from([[holder[key]], {"values": [holder[key]]}, {"": holder[key]}, [[holder[key]]]]))


def _resize(draw, holder: Any, key: Any) -> None:
    """Make a list longer than anyone keeps it, or empty it; an object keeps its first field."""
    value = holder[key]
    if isinstance(value, list):
        holder[key] = value * draw(st.sampled_from([0, 2, 300]))
    elif isinstance(value, dict):
        holder[key] = dict(list(value.items())[:1])


ACCIDENTS = (_replace, _delete, _double, _wrap, _resize)


@st.composite
def broken_bodies(draw) -> tuple[BodyFormat, bytes]:
    """Give a good body after one to four accidents, as it would be sent."""
    kind, body = draw(st.sampled_from(BODIES))
    body = json.loads(json.dumps(body))
    for _ in range(draw(st.integers(1, 4))):
        found = places(body)
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        draw(st.sampled_from(ACCIDENTS))(draw, inner(body, tuple(way)), last)
        body = json.loads(json.dumps(body))  # what was doubled is now two
    return kind, goldens.written(kind, body)
