"""From a built JavaScript file to what answers for its frames: its text, and its source map, found and parsed.

The map is the one with its debug id; else the upload's header names it, or the file's own comment, or holds it.
"""

import asyncio
from typing import NamedTuple
from weakref import WeakValueDictionary

from errata.protocols.artifacts.references import embedded, reference_in
from errata.stages.symbolicate.artifacts import Absent, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.mappings import Malformed
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText
from errata.stages.symbolicate.urls import is_embedded, is_web, join_paths
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.contents import Contents
from errata.stores.blobs.fair_gate import FairGate
from errata.stores.blobs.script_uploads import Say, ScriptUploads, Upload
from errata.stores.blobs.shared_work import SharedWork
from errata.stores.blobs.verdicts import Verdicts


class _Built(NamedTuple):
    """A built file that was found."""

    content: bytes | None
    """None when only its map was."""
    key: str
    """Its sha1, or empty."""
    found_by: str


class _Map(NamedTuple):
    """What became of the source map."""

    url: str = ""
    key: str = ""
    """Says which content it is."""
    content: bytes | None = None
    failure: Failure | None = None


class Scripts:
    """Opens built files and their maps; the same content is parsed once while anyone uses it."""

    def __init__(self, store: ArtifactStore, contents: Contents, verdicts: Verdicts, parsers: FairGate) -> None:
        """Look in a store.

        Args:
            store: the index.
            contents: of its files.
            verdicts: what other processes found out about the same maps.
            parsers: bounds how many maps are parsed at a time.

        """
        self._uploads = ScriptUploads(store)
        self._contents = contents
        self._verdicts = verdicts
        self._parsers = parsers
        self._parsing: SharedWork[SourceMap] = SharedWork()
        self._scripts: WeakValueDictionary[tuple[str, ...], Script] = WeakValueDictionary()
        self._maps: WeakValueDictionary[tuple[str, str], SourceMap] = WeakValueDictionary()

    async def find(self, need: Need, say: Say) -> Script | Absent:
        """Give the built file that a need names; its `failure` says why it has no map."""
        upload, found_by = await self._uploads.by_debug_id(need, say), "debug-id"
        if upload is None:
            upload, found_by = await self._uploads.in_release(need, need.url, say), "release"
        if upload is None:
            return Absent(Failure.SCRAPING_DISABLED if is_web(need.url) else Failure.MISSING_SOURCE)
        content = await self._contents.get(upload.file) if upload.file else None
        built = _Built(content, upload.file.sha1 if upload.file else "", found_by)
        return await self._script(need, built, await self._map(need, upload, content or b"", say), say)

    async def find_source(self, need: Need, say: Say) -> SourceText | Absent:
        """Give an original file that was uploaded with the built file of the need's debug id, or with the release."""
        upload = await self._uploads.beside_debug_id(need, say) or await self._uploads.in_release(need, need.url, say)
        content = await self._contents.get(upload.file) if upload and upload.file else None
        if content is None:
            return Absent(Failure.MISSING_SOURCE_CONTENT)
        return await asyncio.to_thread(SourceText, content)

    async def _map(self, need: Need, upload: Upload, source: bytes, say: Say) -> _Map:
        """Give the content of the source map, or why there is none; neither when the file names no map."""
        reference = upload.file.sourcemap if upload.file else ""
        reference = reference or await asyncio.to_thread(reference_in, source)
        file, url = upload.map_file, join_paths(need.url, reference) if reference else ""
        if file is not None:
            url = url if url and not is_embedded(url) else join_paths(need.url, file.url)
        elif is_embedded(reference):
            return await _held(need, reference, say)
        elif reference:
            say("the built file names its source map")
            file = await self._uploads.named_map(need, upload, reference, say)
        else:
            say("the built file names no source map, so it is taken for what people wrote")
            return _Map()
        content = await self._contents.get(file) if file else None
        if content is None:
            say("the source map is not there")
            return _Map(url, failure=Failure.MISSING_SOURCEMAP)
        return _Map(url, file.sha1 if file else "", content)

    async def _script(self, need: Need, built: _Built, found: _Map, say: Say) -> Script:
        """Give a built file with its map, parsed; the same one as before when nothing changed: it remembers places."""
        source_map = None
        if found.content is not None:
            try:
                source_map = await self._parsed(
                    need.project, (built.key, found.key), built.content or b"", found.content
                )
                say("the source map was parsed")
            except Malformed as error:
                say(f"the source map is malformed: {error}")
                found = found._replace(failure=Failure.MALFORMED_SOURCEMAP)
        text = None if built.content is None else await asyncio.to_thread(SourceText, built.content)
        name = (need.url, built.key, found.key, found.url, built.found_by, found.failure or "")
        script = self._scripts.get(name)
        if script is None:
            script = Script(
                need.url, text, source_map, map_url=found.url, failure=found.failure, found_by=built.found_by
            )
            self._scripts[name] = script
        return script

    async def _parsed(self, project: int, key: tuple[str, str], source: bytes, content: bytes) -> SourceMap:
        """Give a map: one that somebody uses, or that is being parsed, or parsed now and to its end."""
        known = self._maps.get(key)
        return known or await self._parsing.done(key, lambda: self._parse(project, key, source, content))

    async def _parse(self, project: int, key: tuple[str, str], source: bytes, content: bytes) -> SourceMap:
        async with self._parsers.turn(project):
            made = await asyncio.to_thread(self._verdicts.parsed, key, source, content)
        self._maps[key] = made
        return made


async def _held(need: Need, reference: str, say: Say) -> _Map:
    """Give the map that a built file holds itself."""
    content = await asyncio.to_thread(embedded, reference)
    say("the source map is embedded in the built file" + ("" if content else ", but cannot be decoded"))
    return _Map(need.url, "embedded", content or None, None if content else Failure.INVALID_BASE64_SOURCEMAP)
