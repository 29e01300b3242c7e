"""Good bodies of every client, and the same with a few values replaced by anything."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests.protocols.converting import BodyFormat

BODIES = [
    (BodyFormat[golden["format"]], golden["body"])
    for path in sorted((Path(__file__).parent / "golden").glob("*.json"))
    for golden in [json.loads(path.read_text(encoding="utf-8"))]
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def places(tree: Any, at: tuple = ()) -> list[tuple]:
    found = [at] if at else []
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return found + [place for step, inner in steps for place in places(inner, (*at, step))]


@st.composite
def broken_bodies(draw) -> tuple[BodyFormat, Any]:
    """Give a good body in which a few values have been replaced by anything."""
    kind, body = draw(st.sampled_from(BODIES))
    body = json.loads(json.dumps(body))
    for _ in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(places(body)))
        holder = body
        for step in way:
            holder = holder[step]
        holder[last] = draw(ANYTHING)
        if not places(body):
            break
    return kind, body
