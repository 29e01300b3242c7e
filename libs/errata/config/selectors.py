r"""The selector language of scrubbing rules, as Sentry's users know it: which places of an event a rule is for.

| selector                 | matches                                                                     |
| ------------------------ | --------------------------------------------------------------------------- |
| `foo`                    | the key `foo`, wherever it stands                                           |
| `extra.foo`              | `foo` right below `extra`; list positions and `values` may be left out      |
| `extra.*`, `extra.**`    | everything one level, or one or more levels, below `extra`                  |
| `$string`, `extra.$number` | values of a JSON type; also `$boolean`, `$array`, `$object`, `$datetime`  |
| `$frame.vars`, `$user.*` | parts of the event by what they are, see `PARTS`                            |
| `'odd key'`              | a key with odd characters; `''` is a quote in it                            |
| `!a`, `a && b`, `a \\|\\| b` | not, and, or; `( )` group; `!` binds closest, then `&&`                     |

Names are compared without regard to case. Matching costs at most (path length x selector length) steps.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec

Path: TypeAlias = Sequence[str | int]
Matcher: TypeAlias = Callable[[Path, Any], bool]


class Selector(msgspec.Struct, frozen=True):
    """A selector, ready to be asked."""

    matches: Matcher
    names_keys: bool
    """It says a key by name, so it also means fields that general ones such as `$string` and `**` leave alone."""

    def __call__(self, path: Path, value: Any) -> bool:
        """Say whether the value at a path is meant; the path's last step is the value's own key."""
        return self.matches(path, value)


MAX_SELECTOR = 4096
"""Characters; with `MAX_DEPTH` it keeps a hostile project file from exhausting the stack."""
MAX_DEPTH = 50

_OTHER = "\0"
"""Stands for all names that a selector does not say; no event holds NUL."""

_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")

TYPES: dict[str, Callable[[Any], bool]] = {
    "$string": lambda value: isinstance(value, str),
    "$number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "$boolean": lambda value: isinstance(value, bool),
    "$array": lambda value: isinstance(value, list),
    "$object": lambda value: isinstance(value, dict),
    "$datetime": lambda value: isinstance(value, str) and bool(_DATETIME.match(value)),
}

PARTS: dict[str, tuple[str, ...]] = {
    "$event": (),
    "$exception": ("exception", "values", "*"),
    "$error": ("exception", "values", "*"),
    "$thread": ("threads", "values", "*"),
    "$breadcrumb": ("breadcrumbs", "values", "*"),
    "$stack": ("**", "stacktrace"),
    "$stacktrace": ("**", "stacktrace"),
    "$frame": ("**", "frames", "*"),
    "$request": ("request",),
    "$http": ("request",),
    "$user": ("user",),
    "$logentry": ("logentry",),
    "$message": ("logentry",),
    "$sdk": ("sdk",),
    "$clientsdk": ("sdk",),
    "$span": ("spans", "*"),
}
"""Parts of the event by what they are, with where they stand; `*` is one step, `**` any number."""

NOT_KEPT = frozenset("$attachments $binary $minidump $heap_memory $stack_memory $replay $log $transaction".split())
"""Parts that Sentry's selectors name and Errata keeps nothing of: rules for them are accepted, and match nothing."""

_TOKEN = re.compile(
    r"\s*(?:(?P<op>&&|\|\||[!().])|(?P<star>\*\*?)|'(?P<quoted>(?:[^']|'')*)'|(?P<name>\$?[^\s!().*'&|$]+))"
)


class SelectorError(ValueError):
    """A selector cannot be understood; the text says where."""


def parse(text: str) -> Selector:
    """Give the selector that a text means.

    Raises:
        SelectorError: with the column and what was expected.

    """
    parser = _Parser(text)
    return Selector(parser.parse(), parser.names_keys)


class _Parser:
    """Recursive descent over the table above; one method a level of binding."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_SELECTOR:
            raise SelectorError(f"a selector has at most {MAX_SELECTOR} characters")
        self.text = text
        self.tokens: list[tuple[str, str, int]] = []
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                column = len(text) - len(text[position:].lstrip()) + 1
                raise SelectorError(f"selector {text!r}, column {column}: unexpected character")
            kind = match.lastgroup or ""
            self.tokens.append((kind, match[kind], match.start(kind) + 1))
            position = match.end()
        self.at = 0
        self.depth = 0
        self.names_keys = False
        self.inverted = 0

    def parse(self) -> Matcher:
        matcher = self.either()
        if self.at < len(self.tokens):
            raise self.mistake("`&&` or `||`")
        return matcher

    def either(self) -> Matcher:
        options = [self.both()]
        while self.take("||"):
            options.append(self.both())
        return options[0] if len(options) == 1 else lambda path, value: any(m(path, value) for m in options)

    def both(self) -> Matcher:
        needs = [self.negated()]
        while self.take("&&"):
            needs.append(self.negated())
        return needs[0] if len(needs) == 1 else lambda path, value: all(m(path, value) for m in needs)

    def negated(self) -> Matcher:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise SelectorError(f"selector {self.text[:40]!r}...: nested deeper than {MAX_DEPTH}")
        try:
            if self.take("!"):
                self.inverted += 1
                inner = self.negated()
                self.inverted -= 1
                return lambda path, value: not inner(path, value)
            if self.take("("):
                inner = self.either()
                if not self.take(")"):
                    raise self.mistake("`)`")
                return inner
            return self.place()
        finally:
            self.depth -= 1

    def place(self) -> Matcher:
        steps = [self.step()]
        while self.take("."):
            steps.append(self.step())
        if steps[0].lower() in NOT_KEPT:
            return lambda path, value: False  # noqa: ARG005 - the signature of a matcher
        kind = steps[-1].lower()
        if kind in TYPES:
            is_kind = TYPES[kind]
            if len(steps) == 1:
                return lambda path, value: is_kind(value)  # noqa: ARG005 - the signature of a matcher
            where = _place_matcher([*steps[:-1], "*"])
            return lambda path, value: is_kind(value) and where(path, value)
        return _place_matcher(steps)

    def step(self) -> str:
        if self.at < len(self.tokens):
            kind, text, _ = self.tokens[self.at]
            if kind == "star":
                self.at += 1
                return text
            if kind == "quoted":
                self.at += 1
                self.names_keys |= not self.inverted
                return "'" + text.replace("''", "'")
            if kind == "name":
                if text.startswith("$") and text.lower() not in {*TYPES, *PARTS, *NOT_KEPT}:
                    known = ", ".join((*TYPES, *PARTS))
                    raise SelectorError(f"selector {self.text!r}: {text} is unknown; there are {known}")
                self.at += 1
                self.names_keys |= not self.inverted and not text.startswith("$")
                return text
        raise self.mistake("a key, `*`, `**` or `$type`")

    def take(self, operator: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at][:2] == ("op", operator):
            self.at += 1
            return True
        return False

    def mistake(self, expected: str) -> SelectorError:
        column = self.tokens[self.at][2] if self.at < len(self.tokens) else len(self.text) + 1
        return SelectorError(f"selector {self.text!r}, column {column}: expected {expected}")


def _place_matcher(steps: Sequence[str]) -> Matcher:
    """Give the matcher for steps such as `("extra", "*", "foo")`; a place may start anywhere unless it is a part."""
    first = steps[0].lower()
    pattern = [*PARTS[first], *steps[1:]] if first in PARTS else ["**", *steps]
    wanted = tuple(step[1:].lower() if step.startswith("'") else step.lower() for step in pattern)
    literal = tuple(step.startswith("'") for step in pattern)
    if len(wanted) > 1 and wanted[-1] == "**" and not literal[-1]:
        wanted, literal = (*wanted, "*"), (*literal, False)  # what is below a place, not the place itself
    last = len(wanted)
    vocabulary = frozenset(wanted) | {"values"}
    # An automaton, built as paths need it. Its symbols are the selector's own names, and one for all others: so it is
    # small, and holds nothing of an event.
    following: dict[tuple[frozenset[int], str, bool], frozenset[int]] = {}
    start = frozenset(_closure({0}, wanted, literal))

    def matches(path: Path, value: Any) -> bool:  # noqa: ARG001 - the signature of a matcher
        at = start
        for step in path:
            name = str(step).lower()
            symbol = (at, name if name in vocabulary else _OTHER, isinstance(step, int))
            known = following.get(symbol)
            at = following[symbol] = _after(*symbol, wanted, literal) if known is None else known
            if not at:
                return False
        return last in at

    return matches


def _after(
    at: frozenset[int], name: str, is_position: bool, wanted: Sequence[str], literal: Sequence[bool]
) -> frozenset[int]:
    """Give how many steps of a pattern may be used up after one more step of a path, of those that were before it."""
    following = set()
    for state in at:
        if state < len(wanted):
            if wanted[state] == "**" and not literal[state]:
                following.add(state)
            elif wanted[state] == name or (wanted[state] == "*" and not literal[state]):
                following.add(state + 1)
        if is_position or name == "values":
            following.add(state)
    return frozenset(_closure(following, wanted, literal))


def _closure(states: set[int], wanted: Sequence[str], literal: Sequence[bool]) -> set[int]:
    """Give the states with those reached by letting `**` stand for nothing."""
    reached = set(states)
    for state in sorted(states):
        following = state
        while following < len(wanted) and wanted[following] == "**" and not literal[following]:
            following += 1
            reached.add(following)
    return reached
