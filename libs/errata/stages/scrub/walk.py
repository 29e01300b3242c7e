"""The walk: collects an event's texts with their places, and offers the values that stand under names of secrets."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec

from errata.stages.scrub.keys import Keys
from errata.stages.stage import Event

Node: TypeAlias = tuple[Any, Any, Any]
"""`(the node above or None, container, key)`: a place; made into a path only when something is found there."""
Take: TypeAlias = Callable[[Node, Any, str], bool]
"""Given a place, its value and the name it goes by: says whether the value is redacted whole, so need not be read."""

_SMALLEST_CARD = 10**12
"""Numbers can be card numbers, too; smaller ones can not."""


class Found(msgspec.Struct):
    """What there is to be searched."""

    texts: list[str]
    """Of the leaves in `nodes`."""
    nodes: list[Node]
    keys: list[Node]
    """Places whose keys can hold data themselves, such as an address."""


def walk(event: Event, keys: Keys, take: Take) -> Found:
    """Give what is in an event, without what `take` takes.

    The event is not changed. It was written as JSON before, so its depth is bounded.
    """
    texts: list[str] = []
    nodes: list[Node] = []
    key_nodes: list[Node] = []
    known, judge, secret = keys.known, keys.judge, Keys.NAMES_SECRET

    def mapping(container: dict[str, Any], above: Node | None) -> None:
        # A form's field, a tag, a header: `{"name": "password", "value": "x"}`.
        field = container.get("name", container.get("key")) if "value" in container else None
        for key, value in container.items():
            node = (above, container, key)
            judged = known.get(key)
            if judged is None:
                judged = judge(key)
            if judged:
                if judged & Keys.HOLDS_DATA:
                    key_nodes.append(node)
                if judged & secret and take(node, value, key):
                    continue
            if field and key == "value" and type(field) is str and judge(field) & secret and take(node, value, field):
                continue
            leaf(value, node)

    def sequence(container: list[Any], above: Node) -> None:
        option = ""
        for index, value in enumerate(container):
            kind = type(value)
            node = (above, container, index)
            if kind is str:
                # The arguments of a command line: `["--password", "x"]`.
                if option and take(node, value, option):
                    option = ""
                    continue
                option = value if value.startswith("--") and "=" not in value and judge(value) & secret else ""
            elif kind is list and len(value) == 2 and type(value[0]) is str and judge(value[0]) & secret:
                # Headers, cookies and parameters as pairs.
                if not isinstance(value[1], list | dict) and take((node, value, 1), value[1], value[0]):
                    leaf(value[0], (node, value, 0))
                    continue
            leaf(value, node)

    def leaf(value: Any, node: Node) -> None:
        kind = type(value)
        if kind is str:
            if value:
                texts.append(value)
                nodes.append(node)
        elif kind is dict:
            mapping(value, node)
        elif kind is list:
            sequence(value, node)
        elif kind is int and value >= _SMALLEST_CARD:
            texts.append(str(value))
            nodes.append(node)

    mapping(event, None)
    return Found(texts, nodes, key_nodes)


def everything(container: Any, above: Node | None = None) -> Iterator[Node]:
    """Give every place below a container, containers before what is in them; one that was changed is not entered."""
    for key in list(container) if isinstance(container, dict) else range(len(container)):
        node = (above, container, key)
        value = container[key]
        yield node
        if container[key] is value and isinstance(value, dict | list):
            yield from everything(value, node)
