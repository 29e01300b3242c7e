"""Fingerprint rules at work: which of a project's rules an event matches."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from errata.config.fingerprint_rules import EVENT_KEYS, EXCEPTION_KEYS, FRAME_KEYS, TAGS, FingerprintRule
from errata.config.rule_text import Matcher
from errata.stages.fingerprint.exceptions import Thrown
from errata.stages.fingerprint.families import is_of_family
from errata.stages.fingerprint.patterns import compiled, glob_pattern
from errata.stages.fingerprint.texts import text_of
from errata.stages.fingerprint.view import View

_ANY_CASE = frozenset({"message", "value", "level"})
_LISTS = frozenset({"family", "sdk"})
_YES = frozenset({"1", "yes", "true", "y", "on"})

Test = Callable[[str], Any]


class _Test(msgspec.Struct):
    """A matcher made ready: its key under its plain name, and the test of a text."""

    key: str
    holds: Test
    negated: bool


class _Ready(msgspec.Struct):
    rule: FingerprintRule
    event: list[_Test]
    exception: list[_Test]
    frame: list[_Test]


class ServerRules:
    """A project's fingerprint rules, made ready once."""

    def __init__(self, rules: Sequence[FingerprintRule]) -> None:
        self._rules = [_ready(rule) for rule in rules]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def first(self, view: View) -> FingerprintRule | None:
        """Give the first rule whose matchers all hold.

        Matchers on an exception must hold for one and the same exception, those on a frame for one and the same frame.
        """
        for ready in self._rules:
            if (
                all(_event_holds(test, view) for test in ready.event)
                and (not ready.exception or any(_all_hold(ready.exception, one) for one in view.exceptions))
                and (not ready.frame or any(_frame_holds(ready.frame, frame, view) for frame in view.frames))
            ):
                return ready.rule
        return None


def _ready(rule: FingerprintRule) -> _Ready:
    ready = _Ready(rule, [], [], [])
    for matcher in rule.matchers:
        if matcher.key in EXCEPTION_KEYS:
            ready.exception.append(_test(EXCEPTION_KEYS[matcher.key], matcher))
        elif matcher.key in FRAME_KEYS:
            ready.frame.append(_test(FRAME_KEYS[matcher.key], matcher))
        else:
            ready.event.append(_test(EVENT_KEYS.get(matcher.key, matcher.key), matcher))
    return ready


def _test(key: str, matcher: Matcher) -> _Test:
    if key == "app":
        wanted = matcher.pattern.lower() in _YES
        return _Test(key, lambda text: bool(text) is wanted, matcher.negated)
    if key in _LISTS:
        words = frozenset(matcher.pattern.split(","))
        if key == "family":
            return _Test(key, lambda text: is_of_family(text, words), matcher.negated)
        return _Test(key, lambda text: text in words or "all" in words, matcher.negated)
    path = key in ("path", "package")
    pattern = compiled(glob_pattern(matcher.pattern, path=path, any_case=key in _ANY_CASE))
    return _Test(key, pattern.fullmatch, matcher.negated)


def _event_holds(test: _Test, view: View) -> bool:
    if test.key == "message":  # people mean what the issue shows, which for an exception is its value
        held = any(test.holds(text) for text in (view.message, *(one.value for one in view.exceptions)) if text)
    else:
        text = view.tags.get(test.key[len(TAGS) :], "") if test.key.startswith(TAGS) else view.field(test.key)
        held = bool(text and test.holds(text))
    return held is not test.negated


def _all_hold(tests: list[_Test], one: Thrown) -> bool:
    for test in tests:
        text = one.type if test.key == "type" else one.value
        if bool(text and test.holds(text)) is test.negated:
            return False
    return True


def _frame_holds(tests: list[_Test], frame: dict[str, Any], view: View) -> bool:
    for test in tests:
        if test.key == "app":
            held = test.holds("app" if view.read(frame).in_app else "")
        else:
            held = any(test.holds(text) for text in _texts(test.key, frame, view))
        if bool(held) is test.negated:
            return False
    return True


def _texts(key: str, frame: dict[str, Any], view: View) -> list[str]:
    """Give what a frame matcher is tried on: names as sent and as cleaned, paths as sent and rooted."""
    if key == "function":
        return [text for text in (text_of(frame.get("function")).strip(), view.read(frame).function) if text]
    if key == "module":
        return [text for text in (text_of(frame.get("module")),) if text]
    names = ("abs_path", "filename") if key == "path" else ("package",)
    texts = []
    for name in names:
        text = text_of(frame.get(name)).replace("\\", "/")
        if text:
            texts += [text, text if text.startswith("/") else "/" + text]
            if key == "package":
                texts.append(text.rpartition("/")[2])
    return texts
