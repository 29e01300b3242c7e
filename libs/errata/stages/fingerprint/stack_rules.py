"""Stack-trace rules at work: which frames are the application's, and which count.

Rules apply in their order. Those that look at and change one frame only are settled once per distinct frame, when it is
cleaned. A stack that holds a frame on which a wider rule may match (a range, a neighbour, a limit, the exception) is
gone through again, rule by rule.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import re2

from errata.config.rule_text import Matcher, is_yes
from errata.config.stack_rules import EXCEPTION_KEYS, Category, Flag, Limit, Range, StackRule
from errata.stages.fingerprint.families import is_of_family
from errata.stages.fingerprint.patterns import UNKNOWN, compiled, glob_pattern, path_spellings

_OPTIONS = re2.Options()
_OPTIONS.max_mem = 64 << 20  # the automaton of some hundred globs; beyond it a Set finds nothing, without a word
_OPTIONS.log_errors = False

_STATIC = ("function", "module", "path", "package", "family")
_EXCEPTION = frozenset(EXCEPTION_KEYS.values())
_NO_BIT = -1
"""In place of the bit of rules that want none: what they match on is negated, or no static matcher."""


class Names(NamedTuple):
    """What a client called a frame."""

    family: str
    function: str
    module: str
    file: str
    path: str
    package: str


class FrameFacts(msgspec.Struct, frozen=True, gc=False):
    """What the rules say of a frame by its names alone."""

    matched: int
    """A bit for each static matcher that holds."""
    candidates: tuple[int, ...]
    """Places of the rules whose static matchers hold."""
    wide: bool
    """Whether one of them looks at more than this frame."""


class Verdict(NamedTuple):
    """Where the rules left a frame."""

    in_app: bool
    counts: bool


class Limits(NamedTuple):
    """How many frames of a stack count: at least and at most; 0 is no limit."""

    least: int = 0
    most: int = 0


class Raised(NamedTuple):
    """The exception that a stack belongs to, for matchers on it."""

    type: str = ""
    value: str = ""
    mechanism: str = ""


class _Compiled(msgspec.Struct):
    """A rule with its static matchers as bits."""

    rule: StackRule
    care: int = 0
    want: int = 0
    dynamic: tuple[Matcher, ...] = ()
    exception: tuple[tuple[Matcher, Any], ...] = ()
    wide: bool = False


class _State(NamedTuple):
    """The frames of one stack while the rules go over them."""

    facts: Sequence[FrameFacts]
    app: list[bool]
    counts: list[bool]
    categories: list[str]


class FrameRules:
    """A project's stack-trace rules, made ready once."""

    def __init__(self, rules: Sequence[StackRule]) -> None:
        self._bits: dict[tuple[str, str], int] = {}
        self._sets: dict[str, Any] = {}
        self._places: dict[str, list[int]] = {key: [] for key in _STATIC}
        self._families: dict[int, frozenset[str]] = {}
        self._rules = [self._compile(rule) for rule in rules]
        self._by_bit: dict[int, list[int]] = {}
        """Places of the rules by the last of the bits that they want: a frame has few bits, and rules are hundreds."""
        for at, rule in enumerate(self._rules):
            self._by_bit.setdefault(rule.want.bit_length() - 1, []).append(at)
        for key, patterns in self._patterns().items():
            matchers = re2.Set.FullMatchSet(_OPTIONS)
            for pattern in patterns:
                matchers.Add(pattern)
            matchers.Compile()
            self._sets[key] = matchers

    def facts(self, sent: Names, cleaned_function: str) -> FrameFacts:
        """Give what the rules say of a frame by its names; a function is tried as sent and as cleaned."""
        matched = self._matched("module", sent.module)
        for function in {sent.function, cleaned_function} - {""} or {UNKNOWN}:
            matched |= self._matched("function", function)
        for path in {*path_spellings(sent.path), *path_spellings(sent.file)}:
            matched |= self._matched("path", path)
        for path in path_spellings(sent.package, with_name=True):
            matched |= self._matched("package", path)
        for bit, families in self._families.items():
            if is_of_family(sent.family, families):
                matched |= 1 << bit
        candidates = self._candidates(matched)
        return FrameFacts(matched, candidates, any(self._rules[at].wide for at in candidates))

    def _candidates(self, matched: int) -> tuple[int, ...]:
        """Give the places of the rules whose static matchers hold, when those of these bits do."""
        possible = [*self._by_bit.get(_NO_BIT, ())]
        bits = matched
        while bits:
            bit = bits.bit_length() - 1
            possible += self._by_bit.get(bit, ())
            bits ^= 1 << bit
        return tuple(sorted(at for at in possible if matched & self._rules[at].care == self._rules[at].want))

    def settle(self, facts: FrameFacts, *, in_app: bool) -> Verdict:
        """Give where the rules that look at this frame alone leave it."""
        counts, category = True, ""
        for at in facts.candidates:
            compiled_rule = self._rules[at]
            if compiled_rule.wide or not _holds(compiled_rule.dynamic, in_app=in_app, category=category):
                continue
            for action in compiled_rule.rule.actions:
                if isinstance(action, Category):
                    category = action.name
                elif isinstance(action, Flag) and action.name == "app":
                    in_app = action.on
                elif isinstance(action, Flag):
                    counts = action.on
        return Verdict(in_app, counts)

    def settle_stack(
        self, facts: Sequence[FrameFacts], in_app: Sequence[bool], raised: Raised
    ) -> tuple[list[Verdict], Limits]:
        """Give where all rules leave the frames of one stack, oldest first, and the stack's limits.

        `in_app` is what the client said. Linear in rules times frames.
        """
        state = _State(facts, list(in_app), [True] * len(facts), [""] * len(facts))
        limits = Limits()
        for at in sorted({at for frame in facts for at in frame.candidates}):
            compiled_rule = self._rules[at]
            if not all(_search(pattern, matcher, raised) for matcher, pattern in compiled_rule.exception):
                continue
            found = [
                place
                for place, frame in enumerate(facts)
                if at in frame.candidates
                and _holds(compiled_rule.dynamic, in_app=state.app[place], category=state.categories[place])
                and self._holds_at(compiled_rule.rule.caller, state, place - 1)
                and self._holds_at(compiled_rule.rule.callee, state, place + 1)
            ]
            if not found:
                continue
            for action in compiled_rule.rule.actions:
                if isinstance(action, Limit):
                    most = action.name == "max-frames"
                    limits = limits._replace(**{"most" if most else "least": action.frames})
                elif isinstance(action, Category):
                    for place in found:
                        state.categories[place] = action.name
                else:
                    states = state.app if action.name == "app" else state.counts
                    for place in _reach(action.range, found, len(facts)):
                        states[place] = action.on
        return [Verdict(*pair) for pair in zip(state.app, state.counts, strict=True)], limits

    def _compile(self, rule: StackRule) -> _Compiled:
        out = _Compiled(rule)
        for matcher in rule.matchers:
            if matcher.key in _EXCEPTION:
                out.exception += ((matcher, compiled(glob_pattern(matcher.pattern))),)
            elif matcher.key in _STATIC:
                bit = 1 << self._bit(matcher)
                out.care |= bit
                out.want |= 0 if matcher.negated else bit
            else:
                out.dynamic += (matcher,)
        for neighbour in (rule.caller, rule.callee):
            if neighbour and neighbour.key in _STATIC:
                self._bit(neighbour)
        out.wide = bool(
            rule.caller
            or rule.callee
            or out.exception
            or any(isinstance(a, Limit) or (isinstance(a, Flag) and a.range is not Range.SELF) for a in rule.actions)
        )
        return out

    def _bit(self, matcher: Matcher) -> int:
        bit = self._bits.setdefault((matcher.key, matcher.pattern), len(self._bits))
        if matcher.key == "family":
            self._families[bit] = frozenset(matcher.pattern.split(","))
        return bit

    def _patterns(self) -> dict[str, list[str]]:
        patterns: dict[str, list[str]] = {}
        for (key, pattern), bit in self._bits.items():
            if key == "family":
                continue
            path = key in ("path", "package")
            patterns.setdefault(key, []).append(glob_pattern(pattern, path=path))
            self._places[key].append(bit)
        return patterns

    def _matched(self, key: str, text: str) -> int:
        if not text or key not in self._sets:
            return 0
        bits = self._places[key]
        matched = 0
        for found in self._sets[key].Match(text) or ():
            matched |= 1 << bits[found]
        return matched

    def _holds_at(self, neighbour: Matcher | None, state: _State, place: int) -> bool:
        """Tell whether a rule's matcher on a neighbour holds there; no matcher always does."""
        if neighbour is None:
            return True
        if not 0 <= place < len(state.facts):
            return False
        if neighbour.key not in _STATIC:
            return _holds((neighbour,), in_app=state.app[place], category=state.categories[place])
        return bool(state.facts[place].matched >> self._bit(neighbour) & 1) is not neighbour.negated


def _holds(matchers: tuple[Matcher, ...], *, in_app: bool, category: str) -> bool:
    """Tell whether the matchers hold that look at what earlier rules made of the frame."""
    for matcher in matchers:
        held = is_yes(matcher.pattern) is in_app if matcher.key == "app" else matcher.pattern == category
        if held is matcher.negated:
            return False
    return True


def _search(pattern: Any, matcher: Matcher, raised: Raised) -> bool:
    return bool(pattern.fullmatch(getattr(raised, matcher.key) or UNKNOWN)) is not matcher.negated


def _reach(reach: Range, found: list[int], length: int) -> Sequence[int]:
    if reach is Range.SELF:
        return found
    return range(found[0] + 1, length) if reach is Range.CALLEES else range(found[-1])
