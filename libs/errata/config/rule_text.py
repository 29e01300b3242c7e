r"""Reading rule lines: what the two rule languages of grouping share.

Both are Sentry's: lines of `key:pattern` matchers and something they lead to; `#` starts a comment line; a value with
spaces stands in double quotes, within which `\"` and `\\` are escapes. Every mistake is a `ValueError` that names the
line, counted from 1.
"""

import re
from collections.abc import Iterator

import msgspec

LONGEST_PATTERN = 1_000
"""Characters; names in events are cut at about half of it."""

# Short inputs from a project's file, one pass from left to right: linear.
# A key may be quoted, whole (`"tags.a:b"`) or behind its first part (`tags."a b"`).
_KEY = re.compile(r'(!?)("[^"]+"|[A-Za-z_][\w.\-]*(?:"[^"]*")?):')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r'\\(["\\])')
_LINE_END = re.compile(r"\r\n|\r|\n")

_YES = frozenset({"1", "yes", "true", "y", "on"})
_NO = frozenset({"0", "no", "false", "n", "off"})


class Matcher(msgspec.Struct, frozen=True):
    """One `key:pattern`, negated by a leading `!`."""

    key: str
    pattern: str
    negated: bool = False

    def __str__(self) -> str:
        return f'{"!" * self.negated}{self.key}:"{self.pattern}"'


def is_yes(pattern: str) -> bool:
    """Tell whether the pattern of a matcher such as `app` says yes."""
    return pattern.lower() in _YES


def check_flag(matcher: Matcher, number: int) -> None:
    """Raise `ValueError` with the number of the line when a matcher such as `app` says neither yes nor no."""
    if matcher.pattern.lower() not in _YES | _NO:
        raise ValueError(f"line {number}: `{matcher.key}` is yes or no, not `{matcher.pattern}`")


class Line:
    """A cursor over one rule."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        self.text = text
        self.at = 0

    def __bool__(self) -> bool:
        """Tell whether anything but space is left."""
        self._skip_space()
        return self.at < len(self.text)

    @property
    def rest(self) -> str:
        """What is left, for looking ahead."""
        return self.text[self.at :]

    def mistake(self, expected: str) -> ValueError:
        """Give the error for what stands at the cursor."""
        found = self.rest.split(maxsplit=1)
        return ValueError(f"line {self.number}: expected {expected}, found {found[0] if found else 'the end'!r}")

    def take(self, token: str) -> bool:
        """Step over a token if it is next."""
        self._skip_space()
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def take_match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Step over what a pattern matches here, if it does."""
        self._skip_space()
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def take_quoted(self) -> str | None:
        """Step over a quoted value if one is next; other backslashes stay, as in paths of Windows."""
        found = self.take_match(_QUOTED)
        return _ESCAPED.sub(r"\1", found[1]) if found else None

    def take_matcher(self, *, until: str = "") -> Matcher | None:
        """Step over a matcher if one is next; an unquoted pattern ends at space or at one of the `until` characters."""
        found = self.take_match(_KEY)
        if not found:
            return None
        pattern = self.take_quoted() if self.text.startswith('"', self.at) else None
        if pattern is None:
            end = self.at
            while end < len(self.text) and not self.text[end].isspace() and self.text[end] not in until:
                end += 1
            pattern, self.at = self.text[self.at : end], end
            if not pattern:
                raise self.mistake(f"a pattern after `{found[0]}`")
        if len(pattern) > LONGEST_PATTERN:
            raise ValueError(f"line {self.number}: a pattern has at most {LONGEST_PATTERN} characters")
        return Matcher(found[2].replace('"', ""), pattern, bool(found[1]))

    def _skip_space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1


def rule_lines(text: str) -> Iterator[Line]:
    """Give the lines that hold a rule."""
    for number, line in enumerate(_LINE_END.split(text), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield Line(number, stripped)
