"""The walk: collects an event's texts with their places, and offers the values that stand under names of secrets."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec

from errata.stages.scrub.keys import Keys
from errata.stages.scrub.places import CODE_OF_EVENT, CODE_OF_FRAME
from errata.stages.stage import Event

Node: TypeAlias = tuple[Any, Any, Any]
"""`(the node above or None, container, key)`: a place; made into a path only when something is found there."""
Take: TypeAlias = Callable[[Node, Any, str], bool]
"""Given a place, its value and the name it goes by: says whether the value is redacted whole, so need not be read."""

_SMALLEST_CARD = 10**12
"""Numbers can be card numbers, too; smaller ones can not."""


class Texts(msgspec.Struct):
    """Texts to be searched, and the places they came from, in three lists: a tuple a leaf would cost twice the walk."""

    texts: list[str] = []
    holders: list[tuple[Node | None, Any]] = []
    """Of each text: the node of the container that holds it, and the container."""
    keys: list[str | int] = []
    """Of each text: its key there."""

    def node(self, number: int) -> Node:
        """Give the place of a text."""
        return (*self.holders[number], self.keys[number])


class Found(msgspec.Struct):
    """What there is to be searched."""

    free: Texts
    """What people and programs say."""
    code: Texts
    """Names of code, modules and machines: most of an event, and only secrets are looked for in it."""
    keys: Texts
    """Keys that can hold data themselves, such as an address."""


def walk(event: Event, keys: Keys, take: Take) -> Found:
    """Give what is in an event, without what `take` takes.

    The event is not changed. It was written as JSON before, so its depth is bounded.
    """
    found = Found(Texts(), Texts(), Texts())
    known, judge, secret = keys.known, keys.judge, Keys.NAMES_SECRET

    def mapping(container: dict[str, Any], above: Node | None, into: Texts) -> None:
        here = (above, container)
        # A form's field, a tag, a header: `{"name": "password", "value": "x"}`.
        field = _field_name(container, judge) if "value" in container else ""
        code = _code_keys(above)
        for key, value in container.items():
            judged = known.get(key)
            if judged is None:
                judged = judge(key)
            if judged:
                if judged & Keys.HOLDS_DATA:
                    add(found.keys, key, here, key)
                if judged & secret and take((above, container, key), value, key):
                    continue
            if field and key == "value" and take((above, container, key), value, field):
                continue
            kind = type(value)
            if kind is str:
                if value:
                    target = found.code if key in code else into
                    target.texts.append(value)
                    target.holders.append(here)
                    target.keys.append(key)
            elif kind is dict:
                mapping(value, (above, container, key), found.code if key in code else into)
            elif kind is list:
                sequence(value, (above, container, key), found.code if key in code else into)
            elif kind is int and value >= _SMALLEST_CARD:
                add(into, str(value), here, key)

    def sequence(container: list[Any], above: Node, into: Texts) -> None:
        here = (above, container)
        option = ""
        for index, value in enumerate(container):
            kind = type(value)
            if kind is str:
                # The arguments of a command line: `["--password", "x"]`.
                if option and take((above, container, index), value, option):
                    option = ""
                    continue
                option = value if value[:2] == "--" and "=" not in value and judge(value) & secret else ""
                if value:
                    into.texts.append(value)
                    into.holders.append(here)
                    into.keys.append(index)
            elif kind is dict:
                mapping(value, (above, container, index), into)
            elif kind is list:
                node = (above, container, index)
                # Headers, cookies and parameters as pairs: `[["Authorization", "x"]]`.
                pair = len(value) == 2 and type(value[0]) is str and bool(judge(value[0]) & secret)
                if pair and type(value[1]) is not list and take((node, value, 1), value[1], value[0]):
                    add(into, value[0], (node, value), 0)
                else:
                    sequence(value, node, into)
            elif kind is int and value >= _SMALLEST_CARD:
                add(into, str(value), here, index)

    def add(into: Texts, text: str, here: tuple[Node | None, Any], key: str | int) -> None:
        into.texts.append(text)
        into.holders.append(here)
        into.keys.append(key)

    mapping(event, None, found.free)
    return found


def _field_name(container: dict[str, Any], judge: Callable[[str], int]) -> str:
    """Give the name of a field that names a secret, otherwise nothing."""
    name = container.get("name", container.get("key"))
    return name if isinstance(name, str) and judge(name) & Keys.NAMES_SECRET else ""


def _code_keys(above: Node | None) -> frozenset[str]:
    """Give the keys that hold code, of the mapping at a node: the event itself, a frame, or anything else."""
    if above is None:
        return CODE_OF_EVENT
    if type(above[2]) is int and above[0] is not None and above[0][2] == "frames":
        return CODE_OF_FRAME
    return _NONE


_NONE: frozenset[str] = frozenset()


def everything(container: Any, above: Node | None = None) -> Iterator[Node]:
    """Give every place below a container, containers before what is in them; one that was changed is not entered."""
    for key in list(container) if isinstance(container, dict) else range(len(container)):
        node = (above, container, key)
        value = container[key]
        yield node
        if container[key] is value and isinstance(value, dict | list):
            yield from everything(value, node)
