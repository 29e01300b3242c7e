"""The walk: collects an event's texts with their places, and offers the values that stand under names of secrets."""

from collections.abc import Callable, Container, Iterator
from typing import Any, TypeAlias

import msgspec

from errata.stages.scrub.keys import Keys
from errata.stages.scrub.places import CODE_OF_EVENT, CODE_OF_FRAME
from errata.stages.stage import Event

Node: TypeAlias = tuple[Any, Any, Any]
"""`(the node above or None, container, key)`: a place; made into a path only when something is found there."""
Take: TypeAlias = Callable[[Node, Any, str], bool]
"""Given a place, its value and the name it goes by: says whether the value is redacted whole, so need not be read."""

_NO_KEYS: frozenset[str] = frozenset()

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


def walk(
    event: Event, fields: Container[str], keys: Keys, take: Take, *, free: bool = True, code: bool = True
) -> Found:
    """Give what is in an event, without what `take` takes; of objects and lists only those in `fields` are entered.

    Texts are collected only of the kinds that are asked for. The event is not changed. It was written as JSON before,
    so its depth is bounded.
    """
    found = Found(Texts(), Texts(), Texts())
    known, judge, secret = keys.known, keys.judge, Keys.NAMES_SECRET
    its_free, its_code = found.free if free else None, found.code if code else None

    def mapping(container: dict[str, Any], above: Node | None, into: Texts | None, of_code: frozenset[str]) -> None:
        here = (above, container)
        # A form's field, a tag, a header: `{"name": "password", "value": "x"}`.
        field = _field_name(container, judge) if "value" in container else ""
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
                target = its_code if key in of_code else into
                if value and target is not None:
                    target.texts.append(value)
                    target.holders.append(here)
                    target.keys.append(key)
            elif kind is dict:
                if above is not None or key in fields:
                    mapping(value, (above, container, key), its_code if key in of_code else into, _NO_KEYS)
            elif kind is list:
                if above is not None or key in fields:
                    sequence(value, (above, container, key), its_code if key in of_code else into)
            elif kind is int and value >= _SMALLEST_CARD:
                add(into, str(value), here, key)

    def sequence(container: list[Any], above: Node, into: Texts | None) -> None:
        here = (above, container)
        of_code = CODE_OF_FRAME if above[2] == "frames" else _NO_KEYS
        option = ""
        for index, value in enumerate(container):
            kind = type(value)
            if kind is str:
                # The arguments of a command line: `["--password", "x"]`.
                if option and take((above, container, index), value, option):
                    option = ""
                    continue
                option = value if value[:2] == "--" and "=" not in value and judge(value) & secret else ""
                if value and into is not None:
                    into.texts.append(value)
                    into.holders.append(here)
                    into.keys.append(index)
            elif kind is dict:
                mapping(value, (above, container, index), into, of_code)
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

    def add(into: Texts | None, text: str, here: tuple[Node | None, Any], key: str | int) -> None:
        if into is not None:
            into.texts.append(text)
            into.holders.append(here)
            into.keys.append(key)

    mapping(event, None, its_free, CODE_OF_EVENT)
    return found


def _field_name(container: dict[str, Any], judge: Callable[[str], int]) -> str:
    """Give the name of a field that names a secret, otherwise nothing."""
    name = container.get("name", container.get("key"))
    return name if isinstance(name, str) and judge(name) & Keys.NAMES_SECRET else ""


def everything(container: Any, above: Node | None = None) -> Iterator[Node]:
    """Give every place below a container, containers before what is in them; one that was changed is not entered."""
    for key in list(container) if isinstance(container, dict) else range(len(container)):
        node = (above, container, key)
        value = container[key]
        yield node
        if container[key] is value and isinstance(value, dict | list):
            yield from everything(value, node)
