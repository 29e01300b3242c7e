"""Source text by lines, and the lines around a place as a frame shows them."""

import re
import sys
from array import array
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final

CONTEXT_LINES = 5
# Longer lines are cut to so many characters around the column: what people can read, and Sentry's number.
_LINE = 140
# A few characters more are not worth a cut.
_SLACK = 10
_SNIP = "{snip}"
# The beginnings of lines cost 4 bytes each; what lies below so many lines is not shown.
_MAX_LINES = 1_000_000
_BREAK = re.compile("\n")


class SourceText:
    """A text of which lines are shown."""

    def __init__(self, content: bytes) -> None:
        """Find the lines of a text in UTF-8; bytes that are not are replaced."""
        text = content.decode("utf-8", "replace")
        self._text = text.removesuffix("\n")
        self._starts = array("I", [0])
        self._starts.extend(found.end() for found in islice(_BREAK.finditer(self._text), _MAX_LINES - 1))
        end = self._text.find("\n", self._starts[-1])
        self._end = len(self._text) if end < 0 else end
        self.cost: Final = sys.getsizeof(self._text) + sys.getsizeof(self._starts)
        """Bytes of memory."""

    def context(self, line: int, column: int) -> dict[str, Any]:
        """Give the source context of a place, both counted from 1; empty when there is no such line."""
        at = line - 1
        if not 0 <= at < len(self._starts):
            return {}
        before, after = range(max(0, at - CONTEXT_LINES), at), range(at + 1, at + 1 + CONTEXT_LINES)
        return _fields(
            self._trimmed(at, column),
            [self._trimmed(one, 0) for one in before],
            [self._trimmed(one, 0) for one in after if one < len(self._starts)],
        )

    def _trimmed(self, at: int, column: int) -> str:
        start = self._starts[at]
        end = self._starts[at + 1] - 1 if at + 1 < len(self._starts) else self._end
        if end > start and self._text[end - 1] == "\r":
            end -= 1
        return _cut(self._text, start, end, column)


def context_of(line: str, before: Iterable[str], after: Iterable[str], column: int) -> dict[str, Any]:
    """Give the fields of a frame that show source, long lines cut: the frame's own around its column."""
    return _fields(trimmed(line, column), [trimmed(one, 0) for one in before], [trimmed(one, 0) for one in after])


def trimmed(line: str, column: int) -> str:
    """Give a line of at most 150 characters, cut around a column, `{snip}` where something was cut off."""
    return _cut(line, 0, len(line), column)


def _cut(text: str, first: int, last: int, column: int) -> str:
    """Give a line that lies in a text; however long it is, no more of it is copied than is shown."""
    length = last - first
    if length <= _LINE + _SLACK:
        return text[first:last]
    start = max(min(column, length) - 60, 0)
    start = start if start >= _SLACK // 2 else 0
    end = min(start + _LINE, length)
    if end > length - _SLACK // 2:
        end = length
        start = max(end - _LINE, 0)
    return (f"{_SNIP} " if start else "") + text[first + start : first + end] + (f" {_SNIP}" if end < length else "")


def _fields(line: str, before: list[str], after: list[str]) -> dict[str, Any]:
    fields: dict[str, Any] = {"context_line": line}
    if before:
        fields["pre_context"] = before
    if after:
        fields["post_context"] = after
    return fields
