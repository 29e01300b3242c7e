"""What secrets and personal data look like in a text: one file a family, each finder pure and linear in time.

A finder takes UTF-8 bytes and gives the spans `(start, end)` of what it found, in order. Leaves of an event are
searched together, joined by NUL, so no pattern here matches across a NUL.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import re2

Span: TypeAlias = tuple[int, int]
Finder: TypeAlias = Callable[[bytes], Iterable[Span]]
Regex: TypeAlias = Any
"""A compiled pattern of RE2, which ships no types; made by `regex`."""
Match: TypeAlias = Any
"""What such a pattern finds; used like the standard library's."""


def regex(pattern: bytes) -> Regex:
    """Give a compiled pattern over UTF-8 bytes; never logs, since a text could be personal."""
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


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
