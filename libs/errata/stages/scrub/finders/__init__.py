"""What secrets and personal data look like in a text: one file a family, each finder pure and linear in time.

A finder takes UTF-8 bytes and gives the spans `(start, end)` of what it found, in order. Leaves of an event are
searched together, joined by NUL, so no pattern here matches across a NUL.
"""

from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import Any, TypeAlias

import re2

Span: TypeAlias = tuple[int, int]
Finder: TypeAlias = Callable[[bytes], Iterable[Span]]
Regex: TypeAlias = Any
"""A compiled pattern of RE2, which ships no types; made by `regex`."""
Match: TypeAlias = Any
"""What such a pattern finds; used like the standard library's."""


MOST_REFUSED = 2000
"""Matches that a finder looks at and refuses in one search; of texts that go on with such, all the rest are finds. So
a dump of numbers costs no more than its length, and nothing gets through behind it."""

_MEMORY = 64 << 20
"""Bytes that the automaton of a pattern may grow to; RE2's own 8 MiB are little for a hundred forms of tokens."""


def regex(pattern: bytes) -> Regex:
    """Give a compiled pattern over UTF-8 bytes; never logs, since a text could be personal."""
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def accepted(pattern: Regex, text: bytes, span_of: Callable[[bytes, Match], Span | None]) -> Iterator[Span]:
    """Give the spans that `span_of` makes of a pattern's matches; None refuses one, see `MOST_REFUSED`."""
    refused = 0
    for match in pattern.finditer(text):
        span = span_of(text, match)
        if span is None:
            refused += 1
            if refused <= MOST_REFUSED:
                continue
            span = match.span()
        yield span


def together(*finders: Finder) -> Finder:
    """Give the finder of all that some finders find."""
    return lambda text: merge(*(find(text) for find in finders))


def whole(pattern: bytes, group: int = 0) -> Finder:
    """Give the finder of everything a pattern, or a group of it, matches; what is empty is not found."""
    compiled = regex(pattern)

    def find(text: bytes) -> Iterable[Span]:
        return (match.span(group) for match in compiled.finditer(text) if match[group])

    return find


def unescaped(text: bytes) -> bytes:
    r"""Give a text with `\n`, written out where it quotes another, as the space it stands for; of the same length.

    Otherwise its letter would join the word after it: `"card:\n4111..."`.
    """
    if b"\\" in text:
        for escape in (b"\\n", b"\\t", b"\\r"):
            text = text.replace(escape, b"  ")
    return text
