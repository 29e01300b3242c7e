"""A built JavaScript file, ready to answer for its frames: what a frame becomes, and the lines around it as it is."""

import sys
from typing import Any, Final, NamedTuple

from errata.stages.in_app import is_in_app
from errata.stages.normalize.values import NAME, PATH
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.names import generate_module, is_bundled, scope_name, source_path
from errata.stages.symbolicate.source_map import Original, SourceMap
from errata.stages.symbolicate.source_text import SourceText
from errata.stages.symbolicate.urls import join_paths

_NAMED_BY_URL = ("http:", "https:", "app:", "file:")
# What places may take that were asked for before: as large a part of what the script costs, and this many bytes more,
# which hold some thirty. They are the whole of what a client decides on: it may ask for every column there is.
_PLACES_PART, _PLACES_BYTES = 8, 128 << 10
# Of a place besides its texts.
_PLACE = 1000


class Place(NamedTuple):
    """What a place in a built file stands for."""

    original: Original | None
    """None when the map says nothing of it."""
    update: dict[str, Any]
    """Fields of the frame that change, without its function; its lists must be copied."""
    context: dict[str, Any]
    """Source context of the frame as it came; its lists must be copied."""
    function: str = ""
    """The name of the scope in the source, empty when the map tells none that is of use."""


class Script:
    """One built file as frames of one URL see it."""

    def __init__(
        self,
        url: str,
        source: SourceText | None,
        source_map: SourceMap | None,
        *,
        map_url: str = "",
        failure: Failure | None = None,
        found_by: str = "",
    ) -> None:
        """Bring together what was found.

        Args:
            url: of the built file, as its frames have it.
            source: the built file, None when it was not uploaded.
            source_map: None when there is none.
            map_url: where the map lies, seen from `url`; the built file's own when the map is embedded.
            failure: why there is no map though there should be one.
            found_by: `debug-id` or `release`.

        """
        self.url = url
        self.source_map = source_map
        self.failure = failure
        self.data: dict[str, Any] = {"sourcemap": map_url, "resolved_with": found_by, "symbolicated": True}
        """Of symbolicated frames."""
        held = (source.cost if source else 0) + (source_map.cost if source_map else 0)
        self._room = _PLACES_BYTES + held // _PLACES_PART
        self.cost: Final = held + self._room
        """Bytes of memory, about, however many of its places are asked for."""
        self._source = source
        self._map_url = map_url or url
        self._places: dict[tuple[int, int, str], Place] = {}
        self._used = 0

    def place(self, line: int, column: int, platform: str) -> Place:
        """Give what a place stands for, both counted from 1; column 0 when the frame has none."""
        key = (line, column, platform)
        place = self._places.get(key)
        if place is None:
            place = self._place(line, column, platform)
            self._remember(key, place)
        return place

    def _remember(self, key: tuple[int, int, str], place: Place) -> None:
        size = _PLACE + _bytes_of(place.update) + _bytes_of(place.context)
        if self._used + size > self._room:
            self._places.clear()
            self._used = 0
        self._places[key] = place
        self._used += size

    def _place(self, line: int, column: int, platform: str) -> Place:
        original = self.source_map.lookup(line, column) if self.source_map is not None and column else None
        context = {} if self._source is None else self._source.context(line, column)
        if original is None:
            return Place(None, {}, context)
        return Place(original, self._update(original, platform), context, scope_name(original.function, original.name))

    def _update(self, original: Original, platform: str) -> dict[str, Any]:
        update: dict[str, Any] = {"lineno": original.line, "colno": original.column, **original.context}
        if original.source:
            path = join_paths(self._map_url, original.source)[:PATH]
            name = source_path(original.source)
            bundled = is_bundled(path)
            update |= {"abs_path": path, "filename": name}
            if bundled or path.startswith(_NAMED_BY_URL):
                update["module"] = generate_module(name if bundled else path)[:NAME]
            # A bundler puts the application's own modules under `./`, and only those.
            own = (name.startswith("./") and "/node_modules/" not in name) if bundled else _is_in_app(platform, path)
            if own is not None:
                update["in_app"] = own
        return update


def _is_in_app(platform: str, path: str) -> bool | None:
    return is_in_app(platform, path, "", "", "")


def _bytes_of(fields: dict[str, Any]) -> int:
    return sum(
        sum(map(sys.getsizeof, value)) if isinstance(value, list) else sys.getsizeof(value) for value in fields.values()
    )
