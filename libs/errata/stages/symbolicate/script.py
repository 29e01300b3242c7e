"""A built JavaScript file, ready to answer for its frames: what a frame becomes, and the lines around it as it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from errata.stages.in_app import is_in_app
from errata.stages.symbolicate.names import fixup_webpack_filename, generate_module
from errata.stages.symbolicate.source_map import CONTEXT_LINES, Original, SourceMap
from errata.stages.symbolicate.urls import join_paths

# Longer lines are cut to so many characters around the column: what people can read, and Sentry's number.
_LINE = 140
# A few characters more are not worth a cut.
_SLACK = 10
_SNIP = "{snip}"
_NAMED_BY_URL = ("http:", "https:", "webpack:", "webpack-internal:", "app:", "file:")
_REMEMBERED = 10_000


class Place(NamedTuple):
    """What a place in a built file stands for."""

    original: Original | None
    """None when the map says nothing of it."""
    update: dict[str, Any]
    """Fields of the frame that change, without its function; its lists must be copied."""
    context: dict[str, Any]
    """Source context of the frame as it came; its lists must be copied."""


class SourceText:
    """A text by lines."""

    def __init__(self, content: bytes) -> None:
        """Cut a text, whatever its encoding, into lines."""
        text = content.decode("utf-8", "replace").removesuffix("\n")
        self._lines = text.replace("\r\n", "\n").split("\n")
        self.cost = 2 * len(content)
        """Bytes of memory, about."""

    def context(self, line: int, column: int) -> dict[str, Any]:
        """Give the source context of a place, both counted from 1; empty when there is no such line."""
        lines, at = self._lines, line - 1
        if not 0 <= at < len(lines):
            return {}
        return context_of(lines[at], lines[max(0, at - CONTEXT_LINES) : at], lines[line : line + CONTEXT_LINES], column)


class Script:
    """One built file as frames of one URL see it."""

    def __init__(
        self,
        url: str,
        source: SourceText | None,
        source_map: SourceMap | None,
        *,
        map_url: str = "",
        failure: str = "",
        found_by: str = "",
    ) -> None:
        """Bring together what was found.

        Args:
            url: of the built file, as its frames have it.
            source: the built file, None when it was not uploaded.
            source_map: None when there is none.
            map_url: where the map lies, seen from `url`; the built file's own when the map is embedded.
            failure: why there is no map though there should be one; a value of `Failure`.
            found_by: `debug-id` or `release`.

        """
        self.url = url
        self.source_map = source_map
        self.failure = failure
        self.data = {"sourcemap": map_url, "resolved_with": found_by, "symbolicated": True}
        """Of symbolicated frames."""
        self.cost = (source.cost if source else 0) + (source_map.cost if source_map else 0) + 1000
        """Bytes of memory, about."""
        self._source = source
        self._map_url = map_url or url
        self._places: dict[tuple[int, int, str], Place] = {}

    def place(self, line: int, column: int, platform: str) -> Place:
        """Give what a place stands for, both counted from 1; column 0 when the frame has none."""
        key = (line, column, platform)
        place = self._places.get(key)
        if place is None:
            if len(self._places) >= _REMEMBERED:
                self._places.clear()
            place = self._places[key] = self._place(line, column, platform)
        return place

    def _place(self, line: int, column: int, platform: str) -> Place:
        original = self.source_map.lookup(line, column) if self.source_map is not None and column else None
        update = {} if original is None else self._update(original, platform)
        return Place(original, update, {} if self._source is None else self._source.context(line, column))

    def _update(self, original: Original, platform: str) -> dict[str, Any]:
        update: dict[str, Any] = {"lineno": original.line, "colno": original.column}
        if original.source:
            path = join_paths(self._map_url, original.source)
            name = fixup_webpack_filename(original.source)
            update |= {"abs_path": path, "filename": name}
            if path.startswith(_NAMED_BY_URL):
                update["module"] = generate_module(_within_package(name if path.startswith("webpack") else path))
            in_app = _is_in_app(name, path, platform)
            if in_app is not None:
                update["in_app"] = in_app
        if original.context_line is not None:
            update |= context_of(original.context_line, original.pre_context, original.post_context, original.column)
        return update


def context_of(line: str, before: Sequence[str], after: Sequence[str], column: int) -> dict[str, Any]:
    """Give the fields of a frame that show source, long lines cut: the frame's around its column."""
    fields: dict[str, Any] = {"context_line": trimmed(line, column)}
    if before:
        fields["pre_context"] = [trimmed(one, 0) for one in before]
    if after:
        fields["post_context"] = [trimmed(one, 0) for one in after]
    return fields


def trimmed(line: str, column: int) -> str:
    """Give a line of at most 150 characters, cut around a column, `{snip}` where something was cut off."""
    length = len(line)
    if length <= _LINE + _SLACK:
        return line
    start = max(min(column, length) - 60, 0)
    start = start if start >= _SLACK // 2 else 0
    end = min(start + _LINE, length)
    if end > length - _SLACK // 2:
        end = length
        start = max(end - _LINE, 0)
    return (f"{_SNIP} " if start else "") + line[start:end] + (f" {_SNIP}" if end < length else "")


def _is_in_app(name: str, path: str, platform: str) -> bool | None:
    """Give whose code an original file is. webpack puts the application's own modules under `./`, and only those."""
    if path.startswith("webpack"):
        return name.startswith("./") and "/node_modules/" not in name
    return is_in_app(platform, path, "", "", "")


def _within_package(path: str) -> str:
    """Give a path from where a package begins, if it is in one: where it is installed says nothing."""
    return path.rpartition("/node_modules/")[2] if "/node_modules/" in path else path
