"""Carrying out what was found in one event: values and parts of texts change, remarks are noted, rules are counted."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import orjson

from errata.config.scrub import DataType, Method
from errata.stages.scrub import places
from errata.stages.scrub.catalog import Rule
from errata.stages.scrub.finders.addresses import may_be_version
from errata.stages.scrub.finders.assignments import is_quoted_value
from errata.stages.scrub.methods import KINDS, redact
from errata.stages.scrub.remarks import Edit, Remark, Remarks
from errata.stages.scrub.walk import Node, encoded
from errata.stages.stage import ANNOTATIONS, Event

Hit: TypeAlias = tuple[int, int, Rule]
"""Start and end in the bytes of a text, and the rule that found it."""

MOST_NOTED = 2000
"""Places in one event at which parts of a text are redacted and noted. Of a dump of more, texts are taken whole, and so
are variables and data that hold one: `_meta` would outgrow the event, and the work on it would have no bound."""

DEEPEST_NOTED = 50
"""Steps; the chain cuts events far above it."""


class Redaction:
    """The changes to one event."""

    def __init__(self, event: Event, excluded: frozenset[str], key: bytes) -> None:
        """Begin; `excluded` are keys never to be touched, in lower case, `key` is that of hashes."""
        self._remarks = Remarks(event)
        self._noted = 0
        self._emptied: dict[int, Any] = {}
        """By their id, containers that were taken whole."""
        self._paths: dict[int, tuple[Any, list[Any]]] = {id(event): (event, [])}
        """Of containers, by their id; they are kept so that no other gets it."""
        self.counts: defaultdict[str, int] = defaultdict(int)
        self.touched: set[str] = set()
        """Fields of the event in which something was redacted."""
        self._excluded = excluded
        self._key = key
        self._renamed: dict[tuple[int, str], str] = {}
        self._containers: dict[int, dict[str, Any]] = {}
        self._taken: defaultdict[tuple[int, str], int] = defaultdict(int)

    def path(self, node: Node) -> list[Any]:
        """Give the keys from the event down to a node, as they are called now."""
        above, container, key = node
        known = self._paths.get(id(container))
        if known is None:
            known = self._paths[id(container)] = container, self._steps(above)
        return [*known[1], self._renamed.get((id(container), key), key) if self._renamed else key]

    def _steps(self, node: Node | None) -> list[Any]:
        steps: list[Any] = []
        while node is not None:
            node, container, key = node
            steps.append(self._renamed.get((id(container), key), key))
        return steps[::-1]

    def may_touch(self, path: Sequence[str | int], value: Any, rule: Rule, *, key: bool = False) -> bool:
        """Say whether a rule is for the value, or the key, at a path; names of code are values, never such keys."""
        if path[0] == ANNOTATIONS or (self._excluded and places.own_key(path) in self._excluded):
            return False
        if rule.where is not None and not rule.where(path, value):
            return False
        return key or rule.everywhere or not places.is_protected(path)

    def whole(self, node: Node, rule: Rule) -> None:
        """Redact a whole value; what is no text becomes null, whatever the method."""
        self._whole(node, self.path(node), rule)

    def _whole(self, node: Node, path: Sequence[str | int], rule: Rule) -> None:
        _, container, key = node
        value = container[key]
        self.counts[rule.title] += 1
        self.touched.add(str(path[0]))
        if rule.method is Method.HASH and isinstance(value, int | float):
            value = orjson.dumps(value).decode()
        if isinstance(value, str) and rule.method is not Method.REMOVE:
            new = container[key] = self._instead(value, rule)
            remark = (rule.title, KINDS[rule.method], 0, len(new))
            self._note(container, path, [remark], len(value), [(0, len(value), len(new))])
        else:
            container[key] = None
            self._note(container, path, [(rule.title, KINDS[Method.REMOVE])])

    def text(self, node: Node, text: str, hits: Sequence[Hit]) -> None:
        """Redact parts of a text; the text of an object or a list is their JSON, and they are redacted whole."""
        above, container, key = node
        if id(container) in self._emptied:
            return
        path = self.path(node)
        if self._noted > MOST_NOTED or isinstance(container[key], dict | list):
            for _, _, rule in hits:
                if self.may_touch(path, text, rule) and _suits(path, text, rule):
                    if self._noted > MOST_NOTED and places.is_in_bag(path):
                        self._emptied[id(container)] = container
                        node, path = above, path[:-1]
                    self._whole(node, path, rule)
                    return
            return
        data = encoded(text)
        wanted = self._wanted(path, text, data, hits)
        if wanted:
            container[key], remarks, edits = self._rewritten(data, wanted)
            self.touched.add(str(path[0]))
            self._note(container, path, remarks, len(text), edits)

    def key(self, node: Node, hits: Sequence[Hit]) -> None:
        """Redact parts of a key; of two that become equal both stay, the later with a number."""
        _, container, key = node
        path = self.path(node)
        data = encoded(key)
        wanted = self._wanted(path, key, data, hits, key=True)
        if wanted:
            self.touched.add(str(path[0]))
            new, _, _ = self._rewritten(data, wanted)
            place = id(container), new
            self._taken[place] += 1
            if self._taken[place] > 1 or new in container:
                new = f"{new} {self._taken[place] + 1}"
            self._renamed[id(container), key] = new
            self._containers[id(container)] = container

    def keys_are_known(self) -> None:
        """Take from now on what keys will be called for their names."""
        if self._renamed:
            self._paths = {number: known for number, known in self._paths.items() if not known[1]}

    def finish(self) -> None:
        """Rename the keys, each in its place, now that nothing is looked up under the old ones any more."""
        for number, container in self._containers.items():
            items = [(self._renamed.get((number, key), key), value) for key, value in container.items()]
            container.clear()
            container.update(items)

    def _note(
        self,
        container: Any,
        path: Sequence[str | int],
        remarks: Sequence[Remark],
        length: int | None = None,
        edits: Sequence[Edit] = (),
    ) -> None:
        self._noted += 1
        if self._noted <= MOST_NOTED and len(path) <= DEEPEST_NOTED and path[0] != "_meta":
            self._remarks.note(container, path, remarks, length, edits)

    def _instead(self, text: str, rule: Rule) -> str:
        return redact(text, kind=rule.kind, method=rule.method, label=rule.label, key=self._key)

    def _wanted(
        self, path: Sequence[str | int], value: str, text: bytes, hits: Iterable[Hit], *, key: bool = False
    ) -> list[Hit]:
        """Give those finds that mean what they look like, there where they stand."""
        allowed: dict[int, bool] = {}
        wanted: list[Hit] = []
        for hit in hits:
            start, end, rule = hit
            if id(rule) not in allowed:
                allowed[id(rule)] = self.may_touch(path, value, rule, key=key) and _suits(path, value, rule)
            if not allowed[id(rule)] or (rule.label and text[start:end] == rule.label.encode()):
                continue
            # Who has a rule of their own for addresses wants them all.
            if rule.kind is DataType.IP and rule.where is None and may_be_version(text, start, end):
                follows = wanted and wanted[-1][2] is rule and text[wanted[-1][1] : start].strip() == b","
                if not follows and not places.is_host(path):
                    continue
            if rule.kind is DataType.PASSWORD and places.is_source_line(path) and not is_quoted_value(text, start):
                continue
            wanted.append(hit)
        return wanted

    def _rewritten(self, text: bytes, hits: list[Hit]) -> tuple[str, list[Remark], list[Edit]]:
        """Give the text with its finds redacted, a remark for each, and what was edited.

        Finds that overlap are redacted as one, by the rule that comes first: something is left of neither.
        """
        pieces: list[str] = []
        remarks: list[Remark] = []
        edits: list[Edit] = []
        at = length = before = 0
        for start, end, rule in _united(hits):
            kept, found = text[at:start].decode("utf-8", "replace"), text[start:end].decode("utf-8", "replace")
            new = self._instead(found, rule)
            pieces += kept, new
            length += len(kept)
            before += len(kept)
            remarks.append((rule.title, KINDS[rule.method], length, length + len(new)))
            edits.append((before, before + len(found), len(new)))
            length += len(new)
            before += len(found)
            at = end
            self.counts[rule.title] += 1
        return "".join((*pieces, text[at:].decode("utf-8", "replace"))), remarks, edits


def _suits(path: Sequence[str | int], value: str, rule: Rule) -> bool:
    """Say whether what a rule looks for can stand at a place at all."""
    match rule.kind:
        case DataType.IP:
            # A setting decides on users' address fields, unless a project has a rule of its own.
            settled = rule.where is None and tuple(path) in places.ADDRESS_FIELDS
            named = rule.where is not None and rule.where.names_keys
            return not settled and (named or not places.is_version(path))
        case DataType.PHONE:
            return not places.is_version(path)
        case DataType.CREDITCARD | DataType.IMEI:
            return not places.is_id(path, value)
        case _:
            return True


def _united(hits: list[Hit]) -> list[Hit]:
    """Give the finds in order of place, overlapping ones as one; they come in order of their rules."""
    united: list[tuple[int, int, int, Rule]] = []
    for order, (start, end, rule) in sorted(enumerate(hits), key=lambda hit: hit[1][:2]):
        if united and start < united[-1][1]:
            first, last, winner, its_rule = united[-1]
            united[-1] = (first, max(last, end), *min((winner, its_rule), (order, rule), key=lambda pair: pair[0]))
        else:
            united.append((start, end, order, rule))
    return [(start, end, rule) for start, end, _, rule in united]
