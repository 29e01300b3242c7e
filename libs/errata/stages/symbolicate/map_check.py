"""Whether a source map is one, as ECMA-426 says: the form of its JSON, and every position in range.

`symbolic` reads what it can; a map that is wrong in a way it overlooks would put frames in wrong places without a word.
Where the standard leaves it to the reader whether something is an error, it is one here, except: null stands for an
optional field that is not there, and the mappings of a section may run on behind the beginning of the next.
"""

import codecs
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from errata.stages.symbolicate.mappings import Hole, Malformed, Walk, shortened

MAX_BYTES = 64 << 20
"""Of a source map, when it is uploaded and when it is read. The largest that bundlers make are some 30 MB."""
_MAX_SECTIONS = 10_000
# Sections may hold maps of sections; nobody needs more than one.
_MAX_DEPTH = 8
# `)]}'` and the like, which servers put before JSON so that no page can run it as a script.
_PROTECTION = b")]}'"

_Index = Annotated[int, Meta(ge=0, lt=2**31)]


class _Offset(msgspec.Struct):
    line: _Index
    column: _Index


class _Section(msgspec.Struct):
    offset: _Offset
    map: "_Map"


class _Map(msgspec.Struct):
    """A map: of `mappings`, or of `sections` one after the other; both would contradict each other.

    Unknown fields are allowed.
    """

    version: Literal[3]
    mappings: str | UnsetType = UNSET
    sources: list[str | None] | UnsetType = UNSET
    sections: list[_Section] | UnsetType = UNSET
    names: list[str] | None = None
    source_root: str | None = msgspec.field(name="sourceRoot", default=None)
    sources_content: list[msgspec.Raw] | None = msgspec.field(name="sourcesContent", default=None)
    file: str | None = None
    ignore_list: list[_Index] | None = msgspec.field(name="ignoreList", default=None)


class Checked(NamedTuple):
    """A source map as it can be parsed."""

    content: bytes
    """Without protection, and with numbers as short as `symbolic` wants them."""
    segments: int
    """How many places are mapped, about."""
    holes: Mapping[int, Hole]
    """What `symbolic` will not find, by line."""


def check(content: bytes) -> Checked:
    """Check a source map.

    Raises:
        Malformed: it is none.

    """
    if len(content) > MAX_BYTES:
        raise Malformed(f"larger than {MAX_BYTES} bytes")
    content = content.removeprefix(codecs.BOM_UTF8)
    if content.startswith(_PROTECTION):
        content = content.partition(b"\n")[2]
    try:
        top = msgspec.json.decode(content, type=_Map)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise Malformed("not the JSON of a source map") from None
    walk = Walk()
    _check(top, walk, 0, 0, _MAX_DEPTH)
    if walk.has_long_numbers:
        content = msgspec.json.encode(_shortened(msgspec.json.decode(content)))
    return Checked(content, walk.segments, walk.holes)


def _check(one: _Map, walk: Walk, line: int, column: int, depth: int) -> None:
    """Check a map that begins at a place of the built file."""
    if one.sections is UNSET:
        _check_plain(one, walk, line, column)
        return
    if one.mappings is not UNSET:
        raise Malformed("sections and mappings")
    if not depth or len(one.sections) > _MAX_SECTIONS:
        raise Malformed("too many sections")
    before = (-1, -1)
    for section in one.sections:
        start = (section.offset.line, section.offset.column)
        if start <= before:
            raise Malformed("sections out of order")
        before = start
        # As within mappings, columns of the first line go on where the map itself begins.
        _check(section.map, walk, line + start[0], start[1] + (0 if start[0] else column), depth - 1)


def _check_plain(one: _Map, walk: Walk, line: int, column: int) -> None:
    if one.mappings is UNSET or one.sources is UNSET:
        raise Malformed("no mappings or no sources")
    if any(index >= len(one.sources) for index in one.ignore_list or ()):
        raise Malformed("a list of ignored sources that are not there")
    # Contents are read by `symbolic`; here it is enough that each is a text or null.
    if any(memoryview(content)[0] not in b'"n' for content in one.sources_content or ()):
        raise Malformed("a content that is no text")
    walk.section(one.mappings, one.sources, one.names or (), line, column)


def _shortened(tree: dict[str, Any]) -> dict[str, Any]:
    if "sections" in tree:
        sections = [section | {"map": _shortened(section["map"])} for section in tree["sections"]]
        return tree | {"sections": sections}
    return tree | {"mappings": shortened(tree["mappings"])}
