"""From debug ids to what names obfuscated and native frames: mappings, and symbol caches made of binaries."""

import asyncio
from contextlib import suppress

from symbolic.debuginfo import Archive
from symbolic.exceptions import SymbolicError
from symbolic.proguard import ProguardMapper
from symbolic.symcache import SYMCACHE_LATEST_VERSION, SymCache

from errata.stages.symbolicate.artifacts import Absent, Need
from errata.stages.symbolicate.failures import Failure
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.contents import Contents
from errata.stores.blobs.debug_objects import PROGUARD
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.fair_gate import FairGate
from errata.stores.blobs.records import StoredFile
from errata.stores.blobs.script_uploads import Say

_NAMING = frozenset({"debug", "symtab"})
"""Features of a file that knows names."""


class Symbols:
    """Finds debug files and opens them; symbol caches are made once for all processes of this machine."""

    def __init__(self, store: ArtifactStore, contents: Contents, disk: DiskCache, parsers: FairGate) -> None:
        self._store = store
        self._contents = contents
        self._disk = disk
        self._parsers = parsers

    async def find_mapping(self, need: Need, say: Say) -> ProguardMapper | Absent:
        """Give a ProGuard or R8 mapping."""
        async for artifact in self._store.by_debug_id(need.project, need.debug_id):
            if not any(one.format == PROGUARD and one.debug_id == need.debug_id for one in artifact.objects):
                continue
            say(f"mapping {need.debug_id}: found in artifact {artifact.id}")
            content = await self._contents.get(artifact.files[0])
            if content is not None:
                path = await asyncio.to_thread(self._disk.put, f"proguard {artifact.files[0].sha1}", content)
                try:
                    async with self._parsers.turn(need.project):
                        return await asyncio.to_thread(ProguardMapper.open, str(path))
                except SymbolicError:
                    say("it cannot be parsed")
                    return Absent(Failure.MALFORMED_MAPPING)
        say(f"mapping {need.debug_id}: not uploaded")
        return Absent(Failure.MISSING_MAPPING)

    async def find_symbols(self, need: Need, say: Say) -> SymCache | Absent:
        """Give the symbols of a binary."""
        async for artifact in self._store.by_debug_id(need.project, need.debug_id):
            for one in artifact.objects:
                if one.debug_id == need.debug_id and _NAMING & set(one.features):
                    say(f"debug id {need.debug_id}: found in artifact {artifact.id}")
                    try:
                        return await self._symcache(need, artifact.files[0])
                    except (SymbolicError, LookupError):
                        say("no symbol cache can be made of it")
                        return Absent(Failure.MALFORMED_SYMBOLS)
        say(f"debug id {need.debug_id}: no file with symbols was uploaded")
        return Absent(Failure.MISSING_SYMBOLS)

    async def _symcache(self, need: Need, file: StoredFile) -> SymCache:
        name = f"symcache {SYMCACHE_LATEST_VERSION} {file.sha1} {need.debug_id}"
        opened: SymCache
        path = self._disk.path(name)
        if path is not None:
            with suppress(SymbolicError):  # torn, as after a loss of power, or swept away meanwhile
                opened = SymCache.open(str(path))
                return opened
        content = await self._contents.get(file)
        if content is None:
            raise LookupError("the content is not there")
        async with self._parsers.turn(need.project):
            made = await asyncio.to_thread(_symcache_of, content, need.debug_id)
        opened = SymCache.open(str(await asyncio.to_thread(self._disk.put, name, made)))
        return opened


def _symcache_of(content: bytes, debug_id: str) -> bytes:
    for one in Archive.from_bytes(content).iter_objects():
        if one.debug_id == debug_id:
            return bytes(one.make_symcache().open_stream().read())
    raise LookupError(debug_id)
