"""Scrub: takes secrets and personal data out of an event before anything stores it, logs it or sends it on.

| file             | idea                                                                       |
| ---------------- | -------------------------------------------------------------------------- |
| `identity.py`    | who was hit, as a hash that stays countable                                |
| `catalog.py`     | the rules there are, and which of them a project has                       |
| `gate.py`        | one look over the event's bytes: which rules can find anything             |
| `walk.py`        | the event's texts with their places, and the values under names of secrets |
| `keys.py`        | which names name secrets                                                   |
| `places.py`      | which fields name code and machines, never persons                         |
| `finders/`       | what secrets and personal data look like, a file a family                  |
| `search.py`      | all rules over all texts at once                                           |
| `redaction.py`   | the changes to the event, `methods.py` what stands there instead           |
| `remarks.py`     | the note of it in `_meta`                                                  |

Scrubbing twice changes nothing more, except that a whole value which a project's own rule hashes is hashed again.
"""

from collections.abc import Iterable
from typing import Any

from errata.config.model import Project
from errata.config.scrub import DataType
from errata.contracts import odd_json
from errata.stages.scrub import places
from errata.stages.scrub.catalog import CLEAR_ADDRESS, By, rules_of, words_of
from errata.stages.scrub.finders.addresses import is_plain_address
from errata.stages.scrub.gate import Gate
from errata.stages.scrub.identity import user_hash
from errata.stages.scrub.keys import Keys
from errata.stages.scrub.named import NamedSecrets
from errata.stages.scrub.redaction import Redaction
from errata.stages.scrub.search import encoded, search
from errata.stages.scrub.walk import Node, everything, walk
from errata.stages.stage import ANNOTATIONS, Context, Event


class Scrub:
    """Redacts what the project's settings call secret or personal, and counts it by rule."""

    name = "scrub"

    def __init__(self, project: Project) -> None:
        """Compile the project's rules, once for all its events."""
        settings = project.scrub
        # Rules for places ask selectors about every value, so the gate has no say in them.
        rules = rules_of(settings)
        self._by_place = tuple(rule for rule in rules if rule.by is By.PLACE)
        self._rules = tuple(rule for rule in rules if rule.by is not By.PLACE)
        self._by_name = frozenset(number for number, rule in enumerate(self._rules) if rule.by is By.NAME)
        self._gate = Gate(self._rules)
        self._keys = Keys(
            words_of(settings.sensitive_fields), password=any(rule.kind is DataType.PASSWORD for rule in rules)
        )
        self._excluded = frozenset(field.lower() for field in words_of(settings.exclude_fields))
        self._keeps_address = all(rule.where is None for rule in rules)
        self._clears_addresses = settings.scrub_data and settings.scrub_ip_addresses

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event without secrets and personal data.

        Under `errata` it leaves `user`, the keyed hash of who was hit, and `redactions`, how often each rule acted.

        Raises:
            Invalid: `TOO_DEEP`, when the event is nested deeper than JSON is written.

        """
        annotations = event.get(ANNOTATIONS)
        if not isinstance(annotations, dict):
            annotations = event[ANNOTATIONS] = {}
        if "user" not in annotations and (user := user_hash(event, context.hash_key)):
            annotations["user"] = user
        redaction = Redaction(event, self._excluded, context.hash_key)
        if self._clears_addresses:
            self._clear_addresses(event, redaction)
        for rule in self._by_place:
            for node in everything(event):
                value = node[1][node[2]]
                if value is not None and redaction.may_touch(redaction.path(node), value, rule):
                    redaction.whole(node, rule)
        if self._rules:
            self._search(event, redaction)
        if redaction.counts:
            counts = annotations.setdefault("redactions", {})
            for title, count in redaction.counts.items():
                counts[title] = counts.get(title, 0) + count
        return event

    def _search(self, event: Event, redaction: Redaction) -> None:
        """Walk those parts of the event that the gate opens, and let the rules look that it names."""
        numbers: set[int] = set()
        fields: set[str] = set()
        for part in self._parts(event):
            if part and (opened := self._opened(part)):
                numbers |= opened
                fields.update(part)
        if not numbers:
            return
        rules = [self._rules[number] for number in sorted(numbers)]
        by_name = [rule for rule in rules if rule.by is By.NAME]
        in_texts = [rule for rule in rules if rule.by is By.TEXT]
        named = NamedSecrets(redaction, by_name, self._keys, self._excluded)
        in_code = [rule for rule in in_texts if rule.everywhere]
        found = walk(event, fields, self._keys, named, free=bool(in_texts), code=bool(in_code))
        # Keys first, so that remarks on values stand under what their keys are called afterwards.
        of_keys = [rule for rule in in_texts if not rule.takes_text]
        for number, hits in search(found.keys.texts, of_keys).items():
            redaction.key(found.keys.node(number), encoded(found.keys.texts[number]), hits)
        for kind, its_rules in ((found.free, in_texts), (found.code, in_code)):
            for number, hits in search(kind.texts, its_rules).items():
                redaction.text(kind.node(number), encoded(kind.texts[number]), hits)
        for node, rule in named.taken.values():
            redaction.whole(node, rule)
        redaction.finish()

    def _parts(self, event: Event) -> Iterable[Event]:
        """Give the event in parts for the gate, so that what one of them holds opens no other.

        Without the user's own address where no rule is for it, since nearly every event has one and would be walked
        for nothing.
        """
        code: Event = {}
        stacks: Event = {}
        rest: Event = {}
        for key, value in event.items():
            part = code if key in places.CODE_OF_EVENT else stacks if key in places.STACKS else rest
            part[key] = value
        user = event.get("user")
        if self._keeps_address and isinstance(user, dict):
            address = user.get("ip_address")
            if isinstance(address, str) and is_plain_address(address):
                rest["user"] = {**user, "ip_address": None}
        return code, stacks, rest

    def _opened(self, part: Event) -> frozenset[int]:
        """Give the numbers of the rules that may find something in a part of an event."""
        numbers = self._gate(odd_json.dumps(part))
        # Nothing goes by its name among code: a module may be called `jwt`.
        return numbers - self._by_name if numbers and next(iter(part)) in places.CODE_OF_EVENT else numbers

    def _clear_addresses(self, event: Event, redaction: Redaction) -> None:
        """Empty the fields that exist to hold the user's address."""
        for path in places.ADDRESS_FIELDS:
            node: Node | None = None
            value: Any = event
            for step in path:
                node = (node, value, step)
                value = value.get(step) if isinstance(value, dict) else None
            if node is not None and value is not None and places.own_key(path) not in self._excluded:
                redaction.whole(node, CLEAR_ADDRESS)
