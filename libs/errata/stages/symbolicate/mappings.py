"""The `mappings` of a source map, walked once: whether each position is in range, and where `symbolic` has holes.

Bounded in memory, however large the text is: about as fast as parsing (measured: 60 ms for 86,000 segments).
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

MAX_SEGMENTS = 5_000_000
"""Of a map, empty lines counted. One of 64 MB that holds its sources has some 3.5 million; each takes up to 28 bytes
once it is parsed, and twice that while it is."""

_LIMIT = 2**31
# Characters that are cut into segments at a time.
_PIECE = 1 << 16
# The same few segments come again and again; so many distinct ones are remembered.
_REMEMBERED = 50_000
# Holes are few: maps of the field have one in some thousand segments.
_MAX_HOLES = 50_000
# `symbolic` 13.9 gives up on a number of more digits, though all of them may be zeros.
_MOST_DIGITS = 12

_Original: TypeAlias = tuple[str | None, int, int, str | None] | None
"""Source, line, column and name; None where the map says that nothing is there."""


class Malformed(Exception):  # noqa: N818 - says what the map is
    """It is no source map, or too large to be read; the text is fixed, never the map's."""


class Hole(NamedTuple):
    """Places of one line, from `start` up to `end`, that have the same original as an earlier `line` and `column`.

    All count from 0. `symbolic` 13.9 leaves such a place out of its index when it is the first one of its line, and
    then knows nothing of it (one of 3,163 places tried).
    """

    start: int
    end: int
    line: int
    column: int


class Walk:
    """Walks the sections of one map in their order."""

    def __init__(self) -> None:
        """Begin before the first section."""
        self.segments = 0
        self.holes: dict[int, Hole] = {}
        """By line, counted from 0."""
        self.has_long_numbers = False
        """Whether numbers must be written shorter before `symbolic` reads them: `shortened`."""
        self._known: dict[str, tuple[int, ...]] = {}
        self._last: _Original = None
        self._anchor = (0, 0)

    def section(
        self,
        mappings: str,
        sources: Sequence[str | None],
        names: Sequence[str],
        first_line: int = 0,
        first_column: int = 0,
    ) -> None:
        """Check one section's mappings and remember their holes.

        Args:
            mappings: as they stand in the map.
            sources: that it names.
            names: likewise.
            first_line: of the built file, where the section begins, counted from 0.
            first_column: likewise; it holds for the section's first line only.

        Raises:
            Malformed: a position is out of range, a segment is none, or there are too many of them.

        """
        self.segments += mappings.count(",") + mappings.count(";") + 1
        if self.segments > MAX_SEGMENTS:
            raise Malformed("too many segments")
        known, most_sources, most_names = self._known, len(sources), len(names)
        source = line = column = name = 0
        for at_line, generated in enumerate(_parts(mappings, ";"), first_line):
            if not generated:
                continue
            offset, at = first_column if at_line == first_line else 0, 0
            is_first, in_hole = True, False
            for text in generated.split(",") if len(generated) < _PIECE else _parts(generated, ","):
                segment = known.get(text) or self._decoded(text)
                at += segment[0]
                good = 0 <= at < _LIMIT
                if len(segment) > 1:
                    source += segment[1]
                    line += segment[2]
                    column += segment[3]
                    good = good and 0 <= source < most_sources and 0 <= line < _LIMIT and 0 <= column < _LIMIT
                    if len(segment) > 4:
                        name += segment[4]
                        good = good and 0 <= name < most_names
                if not good:
                    raise Malformed("a position out of range")
                if is_first or in_hole:
                    original = _original(segment, (source, line, column, name), sources, names)
                    if in_hole and original != self._last:
                        in_hole = False
                        self.holes[at_line] = self.holes[at_line]._replace(end=offset + at)
                    elif is_first and original == self._last and original is not None and self._has_room(at_line):
                        in_hole = True
                        self.holes[at_line] = Hole(offset + at, _LIMIT, *self._anchor)
                    is_first = False
            self._last = _original(segment, (source, line, column, name), sources, names)
            if not in_hole:
                self._anchor = (at_line, offset + at)

    def _has_room(self, line: int) -> bool:
        return len(self.holes) < _MAX_HOLES and line not in self.holes

    def _decoded(self, text: str) -> tuple[int, ...]:
        segment, longest = _decode(text)
        self.has_long_numbers |= longest > _MOST_DIGITS
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[text] = segment
        return segment


def shortened(mappings: str) -> str:
    """Give valid mappings with each number written in as few digits as it needs."""
    return _LONG.sub(lambda found: _encoded(_decode(found[0])[0][0]), mappings)


def _parts(text: str, separator: str) -> Iterator[str]:
    """Yield what stands between separators, cutting a piece of the text at a time."""
    at = 0
    while True:
        end = text.find(separator, at + _PIECE)
        if end < 0:
            yield from text[at:].split(separator)
            return
        yield from text[at:end].split(separator)
        at = end + 1


def _original(
    segment: tuple[int, ...], at: tuple[int, int, int, int], sources: Sequence[str | None], names: Sequence[str]
) -> _Original:
    if len(segment) == 1:
        return None
    source, line, column, name = at
    return sources[source], line, column, names[name] if len(segment) > 4 else None


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_DIGITS = {character: value for value, character in enumerate(_ALPHABET)}
_LONG = re.compile(rf"[g-z0-9+/]{{{_MOST_DIGITS},}}[A-Za-f]")
"""A number of many digits: all but its last say that another one follows."""


def _decode(text: str) -> tuple[tuple[int, ...], int]:
    """Give the numbers of a segment, and the digits of the longest.

    Base64 digits of five bits each, the lowest bit of the first is the sign; zeros may follow without end (ECMA-426).
    """
    numbers: list[int] = []
    value = shift = longest = 0
    for character in text:
        digit = _DIGITS.get(character, -1)
        if digit >= 32:
            if shift > 30 and digit > 32:
                raise Malformed("a number of more than 32 bits")
            value |= (digit - 32) << shift
            shift += 5
            continue
        value |= digit << shift
        if not 0 <= value < 2**32:
            raise Malformed("a number of more than 32 bits, or not base64")
        # A lone sign bit stands for the smallest number; whatever adds it is out of range.
        numbers.append(-(value >> 1 or 2**31) if value & 1 else value >> 1)
        longest = max(longest, shift)
        value = shift = 0
    if shift or len(numbers) not in {1, 4, 5}:
        raise Malformed("a segment of a wrong length")
    return tuple(numbers), longest // 5 + 1


def _encoded(number: int) -> str:
    value = -number * 2 + 1 if number < 0 else number * 2
    text = ""
    while True:
        digit, value = value & 31, value >> 5
        text += _ALPHABET[digit | (32 if value else 0)]
        if not value:
            return text
