"""Fingerprint rules at work: which of a project's rules an event matches.

An event consists of items: its message and the values of its exceptions, its exceptions, its frames, what it logged,
and itself. Matchers on one kind of item must all hold for one and the same of them. So `!message:a*` means that some
message does not begin with `a`, and does not hold for an event without one; as in Sentry.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from errata.config.fingerprint_rules import EXCEPTION_KEYS, FRAME_KEYS, TAGS, FingerprintRule
from errata.config.rule_text import Matcher, is_yes
from errata.stages.fingerprint.exceptions import Thrown
from errata.stages.fingerprint.families import is_of_family
from errata.stages.fingerprint.patterns import UNKNOWN, compiled, glob_pattern, path_spellings
from errata.stages.fingerprint.texts import text_of
from errata.stages.fingerprint.view import Seen, View

_ANY_CASE = frozenset({"message", "value", "level"})
_PATHS = frozenset({"path", "package", "release"})
"""Matched as paths: in any case, `*` stays within a directory."""

_SDK_PARTS = {"javascript": 3, "native": 3}
"""How much of an SDK's name tells it from others; of the rest two parts: `sentry.python` is `sentry.python.django`."""

Item = Callable[[str], Sequence[str]]
"""One thing that matchers look at: gives the texts that a key stands for; an absent value has none."""


class _Test(msgspec.Struct):
    """A matcher made ready."""

    key: str
    holds: Callable[[str], Any]
    negated: bool

    def on(self, item: Item) -> bool:
        """Tell whether the matcher holds for an item; a value that is absent is not what a pattern says."""
        return any(self.holds(text) for text in item(self.key)) is not self.negated


class _Ready(msgspec.Struct):
    rule: FingerprintRule
    tests: dict[str, list[_Test]]
    """By kind of item."""


class ServerRules:
    """A project's fingerprint rules, made ready once."""

    def __init__(self, rules: Sequence[FingerprintRule]) -> None:
        self._rules = [_ready(rule) for rule in rules]

    def __bool__(self) -> bool:
        return bool(self._rules)

    def first(self, view: View) -> FingerprintRule | None:
        """Give the first rule whose matchers all hold."""
        for ready in self._rules:
            if all(
                any(all(test.on(item) for test in tests) for item in _ITEMS[kind](view))
                for kind, tests in ready.tests.items()
            ):
                return ready.rule
        return None


def _ready(rule: FingerprintRule) -> _Ready:
    tests: dict[str, list[_Test]] = {}
    for matcher in rule.matchers:
        tests.setdefault(_kind(matcher.key), []).append(_test(matcher))
    # What is cheap to ask comes first.
    return _Ready(rule, {kind: tests[kind] for kind in _ITEMS if kind in tests})


def _kind(key: str) -> str:
    if key in EXCEPTION_KEYS:
        return "exception"
    if key in FRAME_KEYS:
        return "frame"
    return {"message": "message", "logger": "log", "level": "log"}.get(key, "event")


def _test(matcher: Matcher) -> _Test:
    key, pattern = matcher.key, matcher.pattern
    if key == "app":
        wanted = "yes" if is_yes(pattern) else "no"
        return _Test(key, wanted.__eq__, matcher.negated)
    if key in ("family", "sdk"):
        words = frozenset(pattern.split(","))
        holds = is_of_family if key == "family" else _is_sdk
        return _Test(key, lambda text: holds(text, words), matcher.negated)
    is_path = key in _PATHS
    glob = compiled(glob_pattern(pattern, path=is_path, any_case=is_path or key in _ANY_CASE))
    return _Test(key, glob.fullmatch, matcher.negated)


def _is_sdk(name: str, wanted: frozenset[str]) -> bool:
    parts = name.split(".")
    short = ".".join(parts[: _SDK_PARTS.get(parts[1], 2)]) if len(parts) > 2 else name
    return "all" in wanted or name in wanted or short in wanted


def _events(view: View) -> Iterator[Item]:
    def texts(key: str) -> Sequence[str]:
        text = view.tags.get(key[len(TAGS) :], "") if key.startswith(TAGS) else view.field(key)
        if key in _PATHS:
            return path_spellings(text)
        return (text,) if text else ()

    yield texts


def _logs(view: View) -> Iterator[Item]:
    if view.field("logger") or view.field("level"):
        yield from _events(view)


def _messages(view: View) -> Iterator[Item]:
    """Yield the message and the values of exceptions: people mean what the issue shows."""
    if view.logged:
        yield lambda _key: (view.logged,)
    for one in view.exceptions:
        yield partial(_exception_texts, one=one)


def _exceptions(view: View) -> Iterator[Item]:
    for one in view.exceptions:
        yield partial(_exception_texts, one=one)


def _exception_texts(key: str, one: Thrown) -> Sequence[str]:
    text = (one.type if key == "type" else one.value).strip()
    return (text,) if text else ()


def _frames(view: View) -> Iterator[Item]:
    for stack in view.stacks:
        for frame in stack:
            yield partial(_frame_texts, frame=frame)


_ITEMS: dict[str, Callable[[View], Iterator[Item]]] = {
    "event": _events,
    "log": _logs,
    "exception": _exceptions,
    "message": _messages,
    "frame": _frames,
}


def _frame_texts(key: str, frame: Seen) -> Sequence[str]:
    """Give what a frame matcher is tried on; of names the sent and the cleaned one."""
    sent = frame.sent
    if key == "app":
        return ("yes" if frame.in_app else "no",)
    if key == "function":
        names = (text_of(sent.get("function")).strip(), frame.cleaned.function)
        return tuple(filter(None, names)) or (UNKNOWN,)
    if key == "path":
        return path_spellings(text_of(sent.get("abs_path"))) + path_spellings(text_of(sent.get("filename")))
    if key == "package":
        return path_spellings(text_of(sent.get("package")), with_name=True)
    return tuple(filter(None, (text_of(sent.get("module")),)))
