"""From the URL of a built JavaScript file to the file and its source map, in the order that people expect.

By debug id; else in the release by URL, and then the map by the upload's header, the file's own comment, or within it.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, TypeAlias
from weakref import WeakValueDictionary

from errata.protocols.artifacts.bundle import SOURCE_MAP
from errata.protocols.artifacts.references import embedded, reference_in
from errata.stages.symbolicate.artifacts import Absent, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.mappings import Malformed
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText
from errata.stages.symbolicate.urls import candidates, is_embedded, is_web, join_paths
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.contents import Contents
from errata.stores.blobs.fair_gate import FairGate
from errata.stores.blobs.records import Artifact, StoredFile
from errata.stores.blobs.shared_work import SharedWork
from errata.stores.blobs.verdicts import Verdicts

Say: TypeAlias = Callable[[str], None]
"""Takes each step in words, for people who ask why."""


class _Upload(NamedTuple):
    """Where a built file was found."""

    artifact: Artifact
    file: StoredFile | None
    """None when only its map was uploaded."""
    map_file: StoredFile | None
    """Known already when it was found by debug id."""


class _Map(NamedTuple):
    """What became of the source map."""

    url: str = ""
    key: str = ""
    """Says which content it is."""
    content: bytes | None = None
    failure: Failure | None = None


class Scripts:
    """Finds built files and parses their maps; the same content is parsed once while anyone uses it."""

    def __init__(self, store: ArtifactStore, contents: Contents, verdicts: Verdicts, parsers: FairGate) -> None:
        """Look in a store.

        Args:
            store: the index.
            contents: of its files.
            verdicts: what other processes found out about the same maps.
            parsers: bounds how many maps are parsed at a time.

        """
        self._store = store
        self._contents = contents
        self._verdicts = verdicts
        self._parsers = parsers
        self._parsing: SharedWork[SourceMap] = SharedWork()
        self._scripts: WeakValueDictionary[tuple[str, ...], Script] = WeakValueDictionary()
        self._maps: WeakValueDictionary[tuple[str, str], SourceMap] = WeakValueDictionary()

    async def find(self, need: Need, say: Say) -> Script | Absent:
        """Give the built file that a need names; its `failure` says why it has no map."""
        upload, found_by = await self._by_debug_id(need, say), "debug-id"
        if upload is None:
            upload, found_by = await self._in_release(need, need.url, say), "release"
        if upload is None:
            return Absent(Failure.SCRAPING_DISABLED if is_web(need.url) else Failure.MISSING_SOURCE)
        source = await self._contents.get(upload.file) if upload.file else None
        found = await self._map(need, upload, source or b"", say)
        sha1 = upload.file.sha1 if upload.file else ""
        source_map = None
        if found.content is not None:
            try:
                source_map = await self._parsed(need.project, (sha1, found.key), source or b"", found.content)
                say("the source map was parsed")
            except Malformed as error:
                say(f"the source map is malformed: {error}")
                found = found._replace(failure=Failure.MALFORMED_SOURCEMAP)
        text = None if source is None else await asyncio.to_thread(SourceText, source)
        # The same script as before when nothing changed: it remembers what frames became.
        name = (need.url, sha1, found.key, found.url, found_by, found.failure or "")
        script = self._scripts.get(name)
        if script is None:
            script = Script(need.url, text, source_map, map_url=found.url, failure=found.failure, found_by=found_by)
            self._scripts[name] = script
        return script

    async def find_source(self, need: Need, say: Say) -> SourceText | Absent:
        """Give an original file that was uploaded with the built file of the need's debug id, or with the release."""
        upload = await self._beside(need, say) or await self._in_release(need, need.url, say)
        content = await self._contents.get(upload.file) if upload and upload.file else None
        if content is None:
            return Absent(Failure.MISSING_SOURCE_CONTENT)
        return await asyncio.to_thread(SourceText, content)

    async def _by_debug_id(self, need: Need, say: Say) -> _Upload | None:
        """Give the files with the need's debug id: of the latest upload that has a map, else of the latest.

        An upload of maps alone leaves the built file to the release: one there that has no other debug id.
        """
        if not need.debug_id:
            say("the event names no debug id for this file")
            return None
        found = None
        async for artifact in self._store.by_debug_id(need.project, need.debug_id):
            map_file = next((file for file in artifact.files if file.type == SOURCE_MAP), None)
            # What is no map is the built file, whatever it is called: old clients guess.
            built = next((file for file in artifact.files if file.type != SOURCE_MAP), None)
            if map_file is not None or (built is not None and found is None):
                found = _Upload(artifact, built, map_file)
            if map_file is not None:
                break
        if found is None:
            say(f"debug id {need.debug_id}: no upload has a file with it")
            return None
        say(f"debug id {need.debug_id}: found in artifact {found.artifact.id}")
        if found.file is None:
            built = (await self._in_release(need, need.url, say) or found).file
            if built is not None and built.debug_id in {"", need.debug_id}:
                found = found._replace(file=built)
        return found

    async def _beside(self, need: Need, say: Say) -> _Upload | None:
        """Give a file, under one of the URLs that it may have, of an upload that has the need's debug id."""
        if not need.debug_id:
            return None
        async for artifact in self._store.by_debug_id(need.project, need.debug_id):
            for candidate in candidates(need.url):
                file = await self._store.file_beside(artifact, candidate)
                if file is not None:
                    say(f"{candidate}: found in artifact {artifact.id}")
                    return _Upload(artifact, file, None)
        return None

    async def _in_release(self, need: Need, url: str, say: Say) -> _Upload | None:
        """Give a file of the need's release and distribution, under one of the URLs that it may have there."""
        if not need.release:
            say("the event has no release to look in")
            return None
        for candidate in candidates(url):
            async for artifact in self._store.by_url(need.project, need.release, need.dist, candidate):
                say(f"{candidate}: found in artifact {artifact.id} of the release")
                return _Upload(artifact, artifact.files[0], None)
            say(f"{candidate}: not in release {need.release!r}, dist {need.dist!r}")
        return None

    async def _map(self, need: Need, upload: _Upload, source: bytes, say: Say) -> _Map:
        """Give the content of the source map, or why there is none; neither when the file names no map."""
        reference = upload.file.sourcemap if upload.file else ""
        reference = reference or await asyncio.to_thread(reference_in, source)
        file, url = upload.map_file, join_paths(need.url, reference) if reference else ""
        if file is not None:
            url = url if url and not is_embedded(url) else join_paths(need.url, file.url)
        elif is_embedded(reference):
            content = await asyncio.to_thread(embedded, reference)
            say("the source map is embedded in the built file" + ("" if content else ", but cannot be decoded"))
            failure = None if content else Failure.INVALID_BASE64_SOURCEMAP
            return _Map(need.url, "embedded", content or None, failure)
        elif reference:
            say("the built file names its source map")
            file = await self._named(need, upload, reference, url, say)
        else:
            say("the built file names no source map, so it is taken for what people wrote")
            return _Map()
        content = await self._contents.get(file) if file else None
        if content is None:
            say("the source map is not there")
            return _Map(url, failure=Failure.MISSING_SOURCEMAP)
        return _Map(url, file.sha1 if file else "", content)

    async def _named(self, need: Need, upload: _Upload, reference: str, url: str, say: Say) -> StoredFile | None:
        """Give the map that a built file names: of the same upload, else of the release."""
        beside = join_paths(upload.file.url, reference) if upload.file else ""
        file = await self._store.file_beside(upload.artifact, beside)
        if file is not None:
            say(f"{beside}: found beside it")
            return file
        found = await self._in_release(need, url, say)
        return found.file if found else None

    async def _parsed(self, project: int, key: tuple[str, str], source: bytes, content: bytes) -> SourceMap:
        """Give a map: one that somebody uses, or that is being parsed, or parsed now and to its end."""
        known = self._maps.get(key)
        return known or await self._parsing.done(key, lambda: self._parse(project, key, source, content))

    async def _parse(self, project: int, key: tuple[str, str], source: bytes, content: bytes) -> SourceMap:
        async with self._parsers.turn(project):
            made = await asyncio.to_thread(self._verdicts.parsed, key, source, content)
        self._maps[key] = made
        return made
