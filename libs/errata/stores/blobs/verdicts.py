"""What was found out about source maps, on disk for all processes of this machine.

The parsed map itself cannot be kept there: `symbolic` makes it as a temporary file without a name, and its Python
binding can neither write one down nor open one. What can be kept is the outcome of checking a map and its built file
before they are parsed, a few bytes that save a third of the work, and the whole of it where the map is malformed.
"""

import importlib.metadata
import inspect
from contextlib import suppress

import msgspec

from errata.contracts.ids import derived_id
from errata.stages.symbolicate import map_check, mappings, nesting
from errata.stages.symbolicate.mappings import Malformed
from errata.stages.symbolicate.source_map import SourceMap, Verdict
from errata.stores.blobs.disk_cache import DiskCache

# A verdict is only as good as the code that gave it; another version's is not asked.
_CODE = derived_id(importlib.metadata.version("symbolic"), *map(inspect.getsource, (map_check, mappings, nesting)))


class _Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """What lies on disk."""

    verdict: Verdict | None = None
    malformed: str = ""


class Verdicts:
    """Parses maps with the help of what is known of them."""

    def __init__(self, disk: DiskCache) -> None:
        self._disk = disk

    def parsed(self, key: tuple[str, str], minified: bytes, content: bytes) -> SourceMap:
        """Give a built file's source map, parsed; takes long, so it is for a thread.

        Args:
            key: names the two contents, such as their sha1s.
            minified: the built file.
            content: its map.

        Raises:
            Malformed: it is no source map.

        """
        name = f"verdict {_CODE} {' '.join(key)}"
        known = self._read(name)
        if known and known.malformed:
            raise Malformed(known.malformed)
        try:
            made = SourceMap(minified, content, known.verdict if known else None)
        except Malformed as error:
            self._write(name, _Known(malformed=str(error)))
            raise
        if known is None and made.verdict:
            self._write(name, _Known(made.verdict))
        return made

    def _read(self, name: str) -> _Known | None:
        with suppress(OSError, msgspec.DecodeError):
            content = self._disk.get(name)
            return None if content is None else msgspec.msgpack.decode(content, type=_Known)
        return None

    def _write(self, name: str, known: _Known) -> None:
        with suppress(OSError):  # a full disk: the next process checks again
            self._disk.put(name, msgspec.msgpack.encode(known))
