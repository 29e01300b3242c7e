"""The rules of one set of settings over an event: what is not remembered is walked, searched and redacted."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from errata.config.scrub import DataType, ScrubSettings
from errata.stages.scrub import places
from errata.stages.scrub.catalog import CLEAR_ADDRESS, By, rules_of, words_of
from errata.stages.scrub.finders.addresses import is_plain_address
from errata.stages.scrub.gate import Gate
from errata.stages.scrub.keys import Keys
from errata.stages.scrub.memory import Memory
from errata.stages.scrub.named import NamedSecrets
from errata.stages.scrub.redaction import Hit, Redaction
from errata.stages.scrub.search import search
from errata.stages.scrub.walk import Found, Node, Remembered, Texts, everything, walk
from errata.stages.stage import Event

_KNOWN_SETTINGS = 256
"""Different settings whose rules are kept compiled, with what they found nothing in."""
_LONGEST_TEXT = 512
"""Characters of a text that is remembered; longer ones seldom come again as they were."""
_TEXTS = 1 << 21
"""Characters in a generation of remembered texts, each counted with `_ENTRY`; a busy project fills a part of it."""
_ENTRY = 100
"""Bytes that a set and an object cost for each text."""
_BRANCHES = 1 << 22
"""Bytes in a generation of remembered fields."""


class Ruleset:
    """What a project's settings call secret or personal, ready to be taken out of events."""

    def __init__(self, settings: ScrubSettings) -> None:
        """Compile the rules."""
        rules = rules_of(settings)
        in_texts = [rule for rule in rules if rule.by is By.TEXT]
        self._by_place = [rule for rule in rules if rule.by is By.PLACE]
        self._by_name = [rule for rule in rules if rule.by is By.NAME]
        self._searches = bool(in_texts or self._by_name)
        self._free = Gate(in_texts)
        self._code = Gate([rule for rule in in_texts if rule.everywhere])
        self._of_keys = Gate([rule for rule in in_texts if not rule.search.whole_text])
        self._keys = Keys(
            words_of(settings.sensitive_fields), password=any(rule.kind is DataType.PASSWORD for rule in rules)
        )
        self._excluded = frozenset(field.lower() for field in words_of(settings.exclude_fields))
        self._keeps_address = all(rule.where is None for rule in rules)
        self._clears_addresses = settings.scrub_data and settings.scrub_ip_addresses
        self._remembered = Remembered(Memory(_TEXTS), Memory(_TEXTS), Memory(_BRANCHES))

    def apply(self, event: Event, key: bytes) -> Mapping[str, int]:
        """Redact in place; give how often each rule acted. `key` is that of hashes.

        Raises:
            Invalid: `TOO_DEEP`, when the event is nested deeper than JSON is written.

        """
        redaction = Redaction(event, self._excluded, key)
        if self._clears_addresses:
            self._clear_addresses(event, redaction)
        for rule in self._by_place:
            for node in everything(event):
                value = node[1][node[2]]
                if value is not None and redaction.may_touch(redaction.path(node), value, rule):
                    redaction.whole(node, rule)
        if self._searches:
            self._search(event, redaction)
        return redaction.counts

    def _search(self, event: Event, redaction: Redaction) -> None:
        redaction.touched.clear()
        remembered = self._remembered
        named = NamedSecrets(redaction, self._by_name, self._keys, self._excluded)
        found = walk(event, self._keys, named, remembered)
        if self._keeps_address:
            _leave_address(event, found.free)
        if found.free.texts or found.code.texts or found.keys.texts or named.taken:
            self._redact(found, named, redaction)
        for branch in found.branches:
            if branch[0] not in redaction.touched:
                remembered.branches.keep((branch,), len(branch[1]))

    def _redact(self, found: Found, named: NamedSecrets, redaction: Redaction) -> None:
        # Keys first, so that remarks on values stand under what their keys are called afterwards.
        hits = search(found.keys.texts, self._of_keys)
        for number, its_hits in hits.items():
            redaction.key(found.keys.node(number), its_hits)
        redaction.keys_are_known()
        self._keys.hold_nothing(text for number, text in enumerate(found.keys.texts) if number not in hits)
        for texts, gate, memory in (
            (found.free, self._free, self._remembered.free),
            (found.code, self._code, self._remembered.code),
        ):
            hits = search(texts.texts, gate)
            for number, its_hits in hits.items():
                redaction.text(texts.node(number), texts.texts[number], its_hits)
            _remember(texts, hits, memory)
        for node, rule in named.taken.values():
            redaction.whole(node, rule)
        redaction.finish()

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


@lru_cache(_KNOWN_SETTINGS)
def ruleset(settings: ScrubSettings) -> Ruleset:
    """Give the rules of some settings; projects with the same settings share them, also when they are loaded again."""
    return Ruleset(settings)


def _leave_address(event: Event, texts: Texts) -> None:
    """Take the user's own address out of what is searched, which nearly every event has and no rule is for."""
    user = event.get("user")
    for number, key in enumerate(texts.keys):
        if key == "ip_address" and texts.holders[number][1] is user and is_plain_address(texts.texts[number]):
            texts.drop(number)
            return


def _remember(texts: Texts, hits: dict[int, list[Hit]], memory: Memory[str]) -> None:
    """Keep the texts without a find; options (`--password`) not, since the walk must see what comes after them."""
    clean = [
        text
        for number, text in enumerate(texts.texts)
        if number not in hits and len(text) <= _LONGEST_TEXT and not text.startswith("--")
    ]
    memory.keep(clean, sum(map(len, clean)) + _ENTRY * len(clean))
