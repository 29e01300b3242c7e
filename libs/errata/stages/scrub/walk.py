"""The walk: collects an event's texts with their places, and offers the values that stand under names of secrets."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import msgspec

from errata.contracts import odd_json
from errata.stages.scrub.keys import Keys
from errata.stages.scrub.memory import Memory
from errata.stages.scrub.places import CODE_OF_EVENT, CODE_OF_FRAME
from errata.stages.stage import Event

Node: TypeAlias = tuple[Any, Any, Any]
"""`(the node above or None, container, key)`: a place; made into a path only when something is found there."""
Take: TypeAlias = Callable[[Node, Any, str], bool]
"""Given a place, its value and the name it goes by: says whether the value is redacted whole, so need not be read."""
Branch: TypeAlias = tuple[str, bytes]
"""A field of the event with its value as JSON."""

_NO_KEYS: frozenset[str] = frozenset()

_SMALLEST_CARD = 10**12
"""Numbers can be card numbers, too; smaller ones stay: ids and times have as many digits as the few cards of twelve."""


LARGE = 5000
"""Entries; an object or a list of more is a dump and read as one text of JSON: a find takes it whole. The chain cuts
containers to fewer before."""
_OF_SCHEMA = frozenset(("frames", "values"))
"""Lists that are walked however long they are: what an event is made of."""


class Texts(msgspec.Struct):
    """Texts to be searched, and the places they came from, in three lists: a tuple a leaf would cost twice the walk."""

    texts: list[str] = []
    holders: list[tuple[Node | None, Any]] = []
    """Of each text: the node of the container that holds it, and the container."""
    keys: list[str | int] = []
    """Of each text: its key there."""

    def add(self, text: str, holder: tuple[Node | None, Any], key: str | int) -> None:
        """Add a text that stands under a key of a container."""
        self.texts.append(text)
        self.holders.append(holder)
        self.keys.append(key)

    def drop(self, number: int) -> None:
        """Take a text out again."""
        for of_each in (self.texts, self.holders, self.keys):
            del of_each[number]

    def node(self, number: int) -> Node:
        """Give the place of a text."""
        return (*self.holders[number], self.keys[number])


class Remembered(msgspec.Struct, frozen=True):
    """What nothing was found in before, of each kind."""

    free: Memory[str]
    code: Memory[str]
    branches: Memory[Branch]


class Found(msgspec.Struct):
    """What there is to be searched: everything that is not remembered."""

    free: Texts
    """What people and programs say."""
    code: Texts
    """Names of code, modules and machines: most of an event, and only secrets are looked for in it."""
    keys: Texts
    """Keys that can hold data themselves, such as an address."""
    branches: list[Branch]
    """The fields of the event that were walked."""


def walk(event: Event, keys: Keys, take: Take, remembered: Remembered) -> Found:
    """Give what is in an event, without what `take` takes and what is remembered. The event is not changed.

    Raises:
        Invalid: `TOO_DEEP`, when the event is nested deeper than JSON is written.

    """
    one = _Walk(keys, take, remembered)
    one.mapping(event, None, one.free, CODE_OF_EVENT)
    return one.found


class _Walk:
    """One walk over one event.

    No two functions that know each other from within a third: that is a cycle, and through `take` the event would be
    in it, and live until the collector comes.
    """

    __slots__ = ("_code", "_judge", "_known", "_remembered", "_take", "_young_code", "found", "free")

    def __init__(self, keys: Keys, take: Take, remembered: Remembered) -> None:
        self.found = found = Found(Texts(), Texts(), Texts(), [])
        self.free = found.free, remembered.free
        self._code = found.code, remembered.code
        self._young_code = remembered.code.young
        self._remembered = remembered
        self._known, self._judge = keys.known, keys.judge
        self._take = take

    def mapping(
        self,
        container: dict[str, Any],
        above: Node | None,
        kind_of_text: tuple[Texts, Memory[str]],
        of_code: frozenset[str],
    ) -> None:
        """Walk an object; `kind_of_text` is where its texts go, those under the keys `of_code` apart."""
        known, judge, take = self._known, self._judge, self._take
        young_code = self._young_code
        into, memory = kind_of_text
        young = memory.young
        here = (above, container)
        # A form's field, a tag, a header: `{"name": "password", "value": "x"}`.
        field = _field_name(container, judge) if "value" in container else ""
        for key, value in container.items():
            judged = known.get(key)
            if judged is None:
                judged = judge(key)
            if judged:
                if judged & Keys.HOLDS_DATA:
                    self.found.keys.add(key, here, key)
                if judged & Keys.NAMES_SECRET and take((above, container, key), value, key):
                    continue
            if field and key == "value" and take((above, container, key), value, field):
                continue
            kind = type(value)
            if kind is str:
                if key in of_code:
                    if value not in young_code and not self._remembered.code.knows(value):
                        self.found.code.add(value, here, key)
                elif value not in young and not memory.knows(value):
                    into.add(value, here, key)
            elif kind is dict or kind is list:
                below = self._code if key in of_code else kind_of_text
                if above is None:
                    branch = (key, odd_json.dumps(value))
                    if self._remembered.branches.knows(branch):
                        continue
                    self.found.branches.append(branch)
                if len(value) > LARGE and key not in _OF_SCHEMA and below is self.free:
                    into.add(odd_json.dumps(value).decode(), here, key)
                elif kind is dict:
                    self.mapping(value, (above, container, key), below, _NO_KEYS)
                else:
                    self.sequence(value, (above, container, key), below)
            elif kind is int and value >= _SMALLEST_CARD and not memory.knows(text := str(value)):
                into.add(text, here, key)

    def sequence(self, container: list[Any], above: Node, kind_of_text: tuple[Texts, Memory[str]]) -> None:
        """Walk a list."""
        judge, take = self._judge, self._take
        into, memory = kind_of_text
        young = memory.young
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
                option = ""
                if value not in young and not memory.knows(value):
                    into.add(value, here, index)
                    # Options are never remembered, so each comes this way.
                    if value.startswith("--") and "=" not in value and judge(value) & Keys.NAMES_SECRET:
                        option = value
            elif (kind is dict or kind is list) and len(value) > LARGE and kind_of_text is self.free:
                into.add(odd_json.dumps(value).decode(), here, index)
            elif kind is dict:
                self.mapping(value, (above, container, index), kind_of_text, of_code)
            elif kind is list:
                node = (above, container, index)
                # Headers, cookies and parameters as pairs: `[["Authorization", "x"]]`.
                pair = len(value) == 2 and type(value[0]) is str and bool(judge(value[0]) & Keys.NAMES_SECRET)
                if pair and type(value[1]) is not list and take((node, value, 1), value[1], value[0]):
                    into.add(value[0], (node, value), 0)
                else:
                    self.sequence(value, node, kind_of_text)
            elif kind is int and value >= _SMALLEST_CARD and not memory.knows(text := str(value)):
                into.add(text, here, index)


def encoded(text: str) -> bytes:
    """Give a text's UTF-8; half a surrogate pair, which has none, as a question mark."""
    return text.encode("utf-8", "replace")


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
