"""Whether a source map is one, as ECMA-426 says: form of the JSON, and every position of `mappings` in range.

`symbolic` reads what it can; a map that is wrong in a way it overlooks would put frames in wrong places without a word.
Costs about as much as parsing does (measured: 60 ms for a map of 2.6 MB), once for each map.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

MAX_BYTES = 64 << 20
"""Of a source map. The largest that bundlers make are some 30 MB; parsed they take about four times that in memory."""
_MAX_SECTIONS = 10_000
_LIMIT = 2**31

_Index = Annotated[int, Meta(ge=0)]


class Malformed(Exception):  # noqa: N818 - says what the map is
    """It is no source map, or too large to be read; the text is fixed, never the map's."""


class _Map(msgspec.Struct):
    """One map. A protection prefix before the JSON and unknown fields are allowed."""

    version: Literal[3]
    sources: list[str | None]
    mappings: str
    names: list[str] = []
    source_root: str | None = msgspec.field(name="sourceRoot", default=None)
    sources_content: list[str | None] | None = msgspec.field(name="sourcesContent", default=None)
    file: str | None = None
    ignore_list: list[_Index] | None = msgspec.field(name="ignoreList", default=None)


class _Offset(msgspec.Struct):
    line: _Index
    column: _Index


class _Section(msgspec.Struct):
    offset: _Offset
    map: _Map


class _IndexMap(msgspec.Struct):
    """Maps one after the other; `mappings` beside them would contradict them."""

    version: Literal[3]
    sections: list[_Section]
    file: str | None = None
    mappings: UnsetType = UNSET


class _Head(msgspec.Struct):
    sections: msgspec.Raw | UnsetType = UNSET
    mappings: msgspec.Raw | UnsetType = UNSET


def check(content: bytes) -> None:
    """Check a source map.

    Raises:
        Malformed: it is none.

    """
    if len(content) > MAX_BYTES:
        raise Malformed(f"larger than {MAX_BYTES} bytes")
    try:
        head = msgspec.json.decode(content, type=_Head)
        if head.sections is UNSET:
            _check_one(msgspec.json.decode(content, type=_Map))
            return
        if head.mappings is not UNSET:
            raise Malformed("sections and mappings")
        index = msgspec.json.decode(content, type=_IndexMap)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Malformed("not the JSON of a source map") from None
    if len(index.sections) > _MAX_SECTIONS:
        raise Malformed("too many sections")
    before = (0, 0)
    for section in index.sections:
        start = (section.offset.line, section.offset.column)
        if start < before:
            raise Malformed("sections out of order")
        before = start
        _check_one(section.map)


def _check_one(one: _Map) -> None:
    """Walk the mappings. The same few segments come again and again, so each distinct one is decoded once."""
    known: dict[str, tuple[int, ...]] = {}
    sources, names = len(one.sources), len(one.names)
    source = line = column = name = 0
    for generated in one.mappings.split(";"):
        if not generated:
            continue
        at = 0
        for text in generated.split(","):
            segment = known.get(text)
            if segment is None:
                segment = known[text] = _decode(text)
            at += segment[0]
            good = 0 <= at < _LIMIT
            if len(segment) > 1:
                source += segment[1]
                line += segment[2]
                column += segment[3]
                good = good and 0 <= source < sources and 0 <= line < _LIMIT and 0 <= column < _LIMIT
                if len(segment) > 4:
                    name += segment[4]
                    good = good and 0 <= name < names
            if not good:
                raise Malformed("a position out of range")


_DIGITS = {character: value for value, character in enumerate(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)}  # fmt: skip


def _decode(text: str) -> tuple[int, ...]:
    """Give the numbers of a segment: base64 digits of five bits each, the lowest bit of the first is the sign."""
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        digit = _DIGITS.get(character)
        if digit is None or shift > 30:
            raise Malformed("not base64 VLQ")
        value |= (digit & 31) << shift
        if digit & 32:
            shift += 5
        else:
            # A lone sign bit stands for the smallest number; whatever adds it is out of range.
            numbers.append(-(value >> 1 or 2**31) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(numbers) not in {1, 4, 5}:
        raise Malformed("a segment of a wrong length")
    return tuple(numbers)
