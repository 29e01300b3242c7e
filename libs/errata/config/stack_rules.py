"""Stack-trace rules: which frames are the application's own and which count for grouping, in Sentry's language.

    path:**/vendor/** -app                  a frame that matches is not the application's
    function:panic_* ^-group -group         neither it nor the frames it called count; `v` means its callers
    family:native max-frames=12             only the twelve frames nearest to the crash count
    [ module:celery.* ] | function:__call__ -group      only when called from there; `| [ ... ]` looks at the callee

Lines apply in their order, later ones have the last word.
"""

import re
from enum import Enum
from functools import lru_cache

import msgspec

from errata.config.rule_text import Line, Matcher, check_flag, rule_lines

FRAME_KEYS = {
    "function": "function",
    "stack.function": "function",
    "module": "module",
    "stack.module": "module",
    "path": "path",
    "stack.abs_path": "path",
    "package": "package",
    "stack.package": "package",
    "family": "family",
    "app": "app",
    "in-app": "app",
    "category": "category",
}
EXCEPTION_KEYS = {
    "type": "type",
    "error.type": "type",
    "value": "value",
    "error.value": "value",
    "mechanism": "mechanism",
    "error.mechanism": "mechanism",
}

_FLAG = re.compile(r"([\^v]?)([+\-])(app|group)(?=\s|$)")
_SETTING = re.compile(r"(max-frames|min-frames|category)=(\S+)")
_WITHOUT_EFFECT = re.compile(r"(?:[\^v]?[+\-](?:prefix|sentinel)|invert-stacktrace=\S+)(?=\s|$)")
"""Actions that steered a grouping by hierarchy which Sentry took back; its rules may still hold them."""


class Range(Enum):
    """Which frames an action touches, seen from the one that matched."""

    SELF = ""
    CALLEES = "^"
    """Those it called, nearer to the crash."""
    CALLERS = "v"


class Flag(msgspec.Struct, frozen=True):
    """`+app`, `-app`, `+group`, `-group`, for a range of frames."""

    name: str
    on: bool
    range: Range = Range.SELF


class Limit(msgspec.Struct, frozen=True):
    """`max-frames=N` or `min-frames=N`, for the stack that holds a frame which matched; 0 takes a limit away."""

    name: str
    frames: int


class Category(msgspec.Struct, frozen=True):
    """`category=word`: a name for the frame that later rules can match."""

    name: str


class StackRule(msgspec.Struct, frozen=True):
    """One rule, read."""

    number: int
    """Its line, for explanations."""
    matchers: tuple[Matcher, ...]
    caller: Matcher | None
    callee: Matcher | None
    actions: tuple[Flag | Limit | Category, ...]
    text: str


@lru_cache(maxsize=256)
def parse_stack_rules(text: str) -> tuple[StackRule, ...]:
    """Give the rules of a text, in its order.

    Raises:
        ValueError: a line is no rule; the text names it, counted from 1.

    """
    return tuple(_rule(line) for line in rule_lines(text))


def _rule(line: Line) -> StackRule:
    caller = None
    if line.take("["):
        caller = _neighbour(line)
        if not line.take("|"):
            raise line.mistake("`|` between the caller and the frame")
    matchers = []
    while (matcher := line.take_matcher()) is not None:
        matchers.append(_checked(matcher, line, {**FRAME_KEYS, **EXCEPTION_KEYS}))
    if not matchers:
        raise line.mistake("a matcher (`key:pattern`)")
    callee = None
    if line.take("|"):
        if not line.take("["):
            raise line.mistake("`[` before the callee")
        callee = _neighbour(line)
    if not line:
        raise line.mistake("an action such as `-app` or `max-frames=3`")
    actions = []
    while line:
        if not line.take_match(_WITHOUT_EFFECT):
            actions.append(_action(line))
    return StackRule(line.number, tuple(matchers), caller, callee, tuple(actions), line.text)


def _neighbour(line: Line) -> Matcher:
    matcher = line.take_matcher(until="]")
    if matcher is None or not line.take("]"):
        raise line.mistake("one matcher between `[` and `]`")
    return _checked(matcher, line, FRAME_KEYS)


def _action(line: Line) -> Flag | Limit | Category:
    flag = line.take_match(_FLAG)
    if flag:
        return Flag(flag[3], flag[2] == "+", Range(flag[1]))
    setting = line.take_match(_SETTING)
    if setting:
        if setting[1] == "category":
            return Category(setting[2])
        if not setting[2].isdecimal():
            raise line.mistake(f"a number after `{setting[1]}=`")
        return Limit(setting[1], int(setting[2]))
    raise line.mistake("a matcher or an action such as `-app`, `^-group`, `max-frames=3`")


def _checked(matcher: Matcher, line: Line, known: dict[str, str]) -> Matcher:
    if matcher.key not in known:
        raise ValueError(f"line {line.number}: unknown matcher `{matcher.key}`")
    key = known[matcher.key]
    if key == "app":
        check_flag(matcher, line.number)
    return Matcher(key, matcher.pattern, matcher.negated)
