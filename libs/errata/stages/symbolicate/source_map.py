"""A source map that answers: where a minified place comes from, in which scope, with the lines around.

Wraps `symbolic`, which knows the scopes of the minified source. What it makes of a map is a temporary file, mapped into
memory, of which the kernel can take back what is not used. Answers are remembered by `Script`, not here.
"""

from typing import Any, Final, NamedTuple

import msgspec
from symbolic.exceptions import SymbolicError
from symbolic.sourcemapcache import SourceMapCache, SourceMapCacheToken

from errata.stages.normalize.values import NAME, PATH
from errata.stages.symbolicate.map_check import check
from errata.stages.symbolicate.mappings import Hole, Malformed
from errata.stages.symbolicate.nesting import is_shallow
from errata.stages.symbolicate.source_text import CONTEXT_LINES, context_of

# Bytes of a built file that is read for its scopes; reading takes some forty times its size and 0.2 s a megabyte.
# A larger one has positions only.
_MAX_SCRIPT = 16 << 20
# Of the parsed map, for each segment (measured: 27); and of a hole.
_SEGMENT, _HOLE = 28, 250


class Original(NamedTuple):
    """The original place of a minified one; lines and columns count from 1. Texts are as long as frames may be."""

    source: str
    """As the map names it; empty when it does not."""
    line: int
    column: int
    name: str
    """What stands there is called, or empty."""
    function: str
    """The name of the scope it lies in, `<anonymous>`, or empty when scopes are not known."""
    context: dict[str, Any]
    """Fields of the frame with the lines around it; empty when the map does not hold them. Its lists must be copied."""


class Verdict(msgspec.Struct, frozen=True):
    """What a first reading finds out about a built file and its map; it holds whenever the same two are read again."""

    segments: int
    holes: dict[int, Hole]
    has_scopes: bool
    """Whether the built file can be read for them without danger."""


class SourceMap:
    """One minified file with its map."""

    def __init__(self, minified: bytes, content: bytes, verdict: Verdict | None = None) -> None:
        """Parse both.

        Args:
            minified: the built file; without it (empty) positions are found, but no names of scopes.
            content: the source map, plain or with sections.
            verdict: `verdict` of another one made of the same two: checking them again takes a third of the time.

        Raises:
            Malformed: it is no source map.

        """
        self.verdict = verdict
        """None when the map must be checked again to be read: it is not parsed as it stands."""
        if verdict is None:
            checked = check(content)
            readable = len(minified) <= _MAX_SCRIPT and is_shallow(minified)
            verdict = Verdict(checked.segments, dict(checked.holes), readable)
            if checked.content == content:
                self.verdict = verdict
            content = checked.content
        try:
            self._cache = SourceMapCache.from_bytes(minified if verdict.has_scopes else b"", content)
        except SymbolicError:
            raise Malformed("cannot be parsed") from None
        self._holes = verdict.holes
        self.cost: Final = len(content) + _SEGMENT * verdict.segments + _HOLE * len(verdict.holes)
        """Bytes of memory, about, when all of it is used."""

    def lookup(self, line: int, column: int) -> Original | None:
        """Give the original of a place, both counted from 1; None when nothing maps there."""
        if not (0 < line < 2**32 and 0 < column < 2**32):
            return None
        token = self._cache.lookup(line, column, CONTEXT_LINES) or self._in_hole(line - 1, column - 1)
        if token is None:
            return None
        return Original(
            (token.src or "")[:PATH],
            token.line,
            token.col,
            (token.name or "")[:NAME],
            "" if token.function_name in {None, "<unknown>"} else str(token.function_name)[:NAME],
            _context(token),
        )

    def _in_hole(self, line: int, column: int) -> SourceMapCacheToken | None:
        hole = self._holes.get(line)
        if hole is None or not hole.start <= column < hole.end:
            return None
        return self._cache.lookup(hole.line + 1, hole.column + 1, CONTEXT_LINES)


def _context(token: SourceMapCacheToken) -> dict[str, Any]:
    if token.context_line is None:
        return {}
    after = token.post_context
    if after and not after[-1]:  # stands for the end of a text that ends with a line break
        after = after[:-1]
    return context_of(_line(token.context_line), map(_line, token.pre_context), map(_line, after), token.col)


def _line(text: str) -> str:
    return text.rstrip("\r\n")
