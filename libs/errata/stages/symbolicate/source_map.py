"""A source map that answers: where a minified place comes from, in which scope, with the lines around.

Wraps `symbolic`, which knows the scopes of the minified source. What was asked before is remembered, since the frames
of an application are few and come again and again.
"""

from typing import NamedTuple

from symbolic.exceptions import SymbolicError
from symbolic.sourcemap import SourceMapView
from symbolic.sourcemapcache import SourceMapCache

from errata.stages.symbolicate.map_check import MAX_BYTES, Malformed, check

CONTEXT_LINES = 5
# `)]}'` and the like, which servers put before JSON so that no page can run it as a script.
_PROTECTION = b")]}'"
_REMEMBERED = 10_000


class Original(NamedTuple):
    """The original place of a minified one; lines and columns count from 1."""

    source: str
    """As the map names it; empty when it does not."""
    line: int
    column: int
    name: str
    """What stands there is called, or empty."""
    function: str
    """The name of the scope it lies in, `<anonymous>`, or empty when scopes are not known."""
    context_line: str | None
    """None when the map holds no content."""
    pre_context: tuple[str, ...]
    post_context: tuple[str, ...]


class SourceMap:
    """One minified file with its map."""

    def __init__(self, minified: bytes, content: bytes) -> None:
        """Parse both.

        Args:
            minified: the built file; without it (empty) positions are found, but no names of scopes.
            content: the source map, plain or with sections.

        Raises:
            Malformed: it is no source map.

        """
        if content.startswith(_PROTECTION):
            content = content.partition(b"\n")[2]
        check(content)
        try:
            self._cache = SourceMapCache.from_bytes(minified[:MAX_BYTES], content)
        except SymbolicError:
            raise Malformed("can not be parsed") from None
        self.cost = len(minified) + 4 * len(content)
        """Bytes of memory, about (measured: 10.1 MB for a map of 2.6 MB)."""
        self._content = content
        self._view: SourceMapView | None = None
        self._known: dict[tuple[int, int], Original | None] = {}

    def lookup(self, line: int, column: int) -> Original | None:
        """Give the original of a place, both counted from 1; None when nothing maps there."""
        place = (line, column)
        if place in self._known:
            return self._known[place]
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        found = self._known[place] = self._lookup(line, column)
        return found

    def _lookup(self, line: int, column: int) -> Original | None:
        if not (0 < line < 2**32 and 0 < column < 2**32):
            return None
        token = self._cache.lookup(line, column, CONTEXT_LINES)
        if token is None:
            return self._plain_lookup(line, column)
        return Original(
            token.src or "",
            token.line,
            token.col,
            token.name or "",
            "" if token.function_name in {None, "<unknown>"} else str(token.function_name),
            None if token.context_line is None else _line(token.context_line),
            tuple(map(_line, token.pre_context)),
            tuple(map(_line, _without_phantom(token.post_context))),
        )

    def _plain_lookup(self, line: int, column: int) -> Original | None:
        """Look up without scopes: `symbolic`'s cache has holes (13.9: one of 3,163 places tried), its view has none."""
        if self._view is None:
            self._view = SourceMapView.from_json_bytes(self._content)
        token = self._view.lookup(line - 1, column - 1)
        source = None if token is None else token.src_id
        # The largest number stands for a range that maps to nothing.
        if token is None or source is None or source >= 2**31 or token.dst_line != line - 1:
            return None
        text = self._view.get_source_contents(source) if token.src is not None else None
        lines = (text or "").splitlines()
        at = token.src_line
        return Original(
            token.src or "",
            at + 1,
            token.src_col + 1,
            token.name or "",
            "",
            lines[at] if at < len(lines) else None,
            tuple(lines[max(0, at - CONTEXT_LINES) : at]),
            tuple(lines[at + 1 : at + 1 + CONTEXT_LINES]),
        )


def _line(text: str) -> str:
    return text.rstrip("\r\n")


def _without_phantom(lines: list[str]) -> list[str]:
    """Give lines without the empty one that stands for the end of a text that ends with a line break."""
    return lines[:-1] if lines and not lines[-1] else lines
