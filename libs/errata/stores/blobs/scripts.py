"""From a built JavaScript file that was uploaded to what answers for its frames: its text, and its source map.

The map is the one with its debug id; else the upload's header names it, or the file's own comment, or holds it.
"""

import asyncio

from errata.protocols.artifacts.references import reference_in
from errata.stages.symbolicate.artifacts import Absent, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_text import SourceText
from errata.stages.symbolicate.urls import is_embedded, is_web, join_paths
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.contents import Contents
from errata.stores.blobs.parsed_scripts import Built, FoundMap, ParsedScripts, held_map
from errata.stores.blobs.script_uploads import Say, ScriptUploads, Upload


class Scripts:
    """Finds built files among the uploads."""

    def __init__(self, store: ArtifactStore, contents: Contents, parsed: ParsedScripts) -> None:
        """Look in a store.

        Args:
            store: the index.
            contents: of its files.
            parsed: makes scripts of them.

        """
        self._uploads = ScriptUploads(store)
        self._contents = contents
        self._parsed = parsed

    async def find(self, need: Need, say: Say) -> Script | Absent:
        """Give the built file that a need names; its `failure` says why it has no map."""
        upload, found_by = await self._uploads.by_debug_id(need, say), "debug-id"
        if upload is None:
            upload, found_by = await self._uploads.in_release(need, need.url, say), "release"
        if upload is None:
            return Absent(Failure.SCRAPING_DISABLED if is_web(need.url) else Failure.MISSING_SOURCE)
        content = await self._contents.get(upload.file) if upload.file else None
        built = Built(content, upload.file.sha1 if upload.file else "", found_by)
        return await self._parsed.script(need, built, await self._map(need, upload, content or b"", say), say)

    async def find_source(self, need: Need, say: Say) -> SourceText | Absent:
        """Give an original file that was uploaded with the built file of the need's debug id, or with the release."""
        upload = await self._uploads.beside_debug_id(need, say) or await self._uploads.in_release(need, need.url, say)
        content = await self._contents.get(upload.file) if upload and upload.file else None
        if content is None:
            return Absent(Failure.MISSING_SOURCE_CONTENT)
        return await asyncio.to_thread(SourceText, content)

    async def _map(self, need: Need, upload: Upload, source: bytes, say: Say) -> FoundMap:
        """Give the content of the source map, or why there is none; neither when the file names no map."""
        reference = upload.file.sourcemap if upload.file else ""
        reference = reference or await asyncio.to_thread(reference_in, source)
        file, url = upload.map_file, join_paths(need.url, reference) if reference else ""
        if file is not None:
            url = url if url and not is_embedded(url) else join_paths(need.url, file.url)
        elif is_embedded(reference):
            return await held_map(need, reference, say)
        elif reference:
            say("the built file names its source map")
            file = await self._uploads.named_map(need, upload, reference, say)
        else:
            say("the built file names no source map, so it is taken for what people wrote")
            return FoundMap()
        content = await self._contents.get(file) if file else None
        if content is None:
            say("the source map is not there")
            return FoundMap(url, failure=Failure.MISSING_SOURCEMAP)
        return FoundMap(url, file.sha1 if file else "", content)
