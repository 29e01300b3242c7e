"""Fingerprint rules: which events get a fingerprint of the project's own making, in Sentry's language.

    type:DatabaseUnavailable module:io.example.* -> database-unavailable, {{ transaction }} title="No database"

A line holds matchers, all of which must hold, then `->`, then the parts of the fingerprint (plain or quoted, `{{ }}`
for variables), then perhaps a title. The first line that matches an event wins.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec

from errata.config.rule_text import LONGEST_PATTERN, Line, Matcher, check_flag, rule_lines

EXCEPTION_KEYS = frozenset({"type", "value"})
FRAME_KEYS = frozenset({"function", "module", "path", "package", "app"})
EVENT_KEYS = frozenset(
    {"message", "logger", "level", "family", "sdk", "release", "platform", "environment", "transaction"}
)
TAGS = "tags."
_ALIASES = {
    "error.type": "type",
    "error.value": "value",
    "stack.function": "function",
    "stack.module": "module",
    "stack.path": "path",
    "stack.abs_path": "path",
    "stack.filename": "path",
    "stack.package": "package",
}
"""Other names of keys; a rule that was read has the key itself, as Sentry shows it."""

_VARIABLE = re.compile(r"(\{\{\s*[^\s{}]+\s*\}\})")
_UNQUOTED = re.compile(r'(?:\{\{\s*[^\s{}]+\s*\}\}|[^\s,"])+')
_ATTRIBUTE = re.compile(r"([a-z]+)=(?=\")")
_DEFAULT = re.compile(r"\{\{\s*default\s*\}\}")


class FingerprintRule(msgspec.Struct, frozen=True):
    """One rule, read."""

    matchers: tuple[Matcher, ...]
    fingerprint: tuple[str, ...]
    """Text and variables, each a part of its own: `log-{{ level }}` is two."""
    title: str = ""
    is_builtin: bool = False
    """Set on rules that Sentry brings itself, and kept, so that an event tells it."""

    def __str__(self) -> str:
        """Give the rule as a line, in the form that Sentry shows as `matched_rule`."""
        matchers = " ".join(map(str, self.matchers))
        title = f' title="{self.title}"' if self.title else ""
        return f'{matchers} -> "{"".join(self.fingerprint)}"{title}'

    def as_sentry(self) -> dict[str, Any]:
        """Give the rule as Sentry's events tell it."""
        told = {
            "text": str(self),
            "matchers": [["!" * matcher.negated + matcher.key, matcher.pattern] for matcher in self.matchers],
            "fingerprint": list(self.fingerprint),
            "attributes": {"title": self.title} if self.title else {},
        }
        return told | {"is_builtin": True} if self.is_builtin else told


class WrittenRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rule in the structured form that Sentry's API exports; the other way to write one in a project's file."""

    matchers: tuple[tuple[str, str], ...]
    fingerprint: tuple[str, ...]
    attributes: dict[str, str] | None = None
    is_builtin: bool = False
    text: str = ""
    """The rule as a line, which some exports carry beside; not read."""

    def read(self, number: int) -> FingerprintRule:
        """Give the rule; raises `ValueError` that names it by its place in the list, counted from 1."""
        matchers = tuple(Matcher(key.removeprefix("!"), text, key.startswith("!")) for key, text in self.matchers)
        title = (self.attributes or {}).get("title", "")
        return _checked(FingerprintRule(matchers, self.fingerprint, title, self.is_builtin), number)


@lru_cache(maxsize=256)
def parse_fingerprint_rules(text: str) -> tuple[FingerprintRule, ...]:
    """Give the rules of a text, in its order.

    Raises:
        ValueError: a line is no rule; the text names it, counted from 1.

    """
    return tuple(_checked(_rule(line), line.number) for line in rule_lines(text))


def _rule(line: Line) -> FingerprintRule:
    matchers = []
    while not line.take("->"):
        matcher = line.take_matcher()
        if matcher is None:
            raise line.mistake("a matcher (`key:pattern`) or `->`")
        matchers.append(matcher)
    parts: list[str] = []
    title = ""
    while line:
        attribute = line.take_match(_ATTRIBUTE)
        if attribute:
            if attribute[1] != "title":
                raise line.mistake('`title="..."`, the only attribute there is,')
            title = line.take_quoted() or ""
            continue
        value = line.take_quoted()
        if value is None:
            plain = line.take_match(_UNQUOTED)
            if plain is None:
                raise line.mistake("a part of the fingerprint")
            value = plain[0]
        parts += [_DEFAULT.sub("{{ default }}", part) for part in _VARIABLE.split(value) if part]
        line.take(",")
    return FingerprintRule(tuple(matchers), tuple(parts), title)


def _checked(rule: FingerprintRule, number: int) -> FingerprintRule:
    if not rule.matchers:
        raise ValueError(f"line {number}: a rule needs a matcher")
    if not rule.fingerprint:
        raise ValueError(f"line {number}: a rule needs a fingerprint after `->`")
    return msgspec.structs.replace(rule, matchers=tuple(_checked_matcher(matcher, number) for matcher in rule.matchers))


def _checked_matcher(matcher: Matcher, number: int) -> Matcher:
    key = _ALIASES.get(matcher.key, matcher.key)
    if key not in EXCEPTION_KEYS | FRAME_KEYS | EVENT_KEYS and not key.startswith(TAGS):
        raise ValueError(f"line {number}: unknown matcher `{matcher.key}`")
    if len(matcher.pattern) > LONGEST_PATTERN:
        raise ValueError(f"line {number}: a pattern has at most {LONGEST_PATTERN} characters")
    if key == "app":
        check_flag(matcher, number)
    return Matcher(key, matcher.pattern, matcher.negated)
