"""Built JavaScript files that were not uploaded, and their maps, as the servers of an application give them."""

import asyncio
from hashlib import sha1

from errata.protocols.artifacts.references import reference_in
from errata.stages.symbolicate.artifacts import Absent, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.urls import is_embedded, join_paths
from errata.stores.blobs.parsed_scripts import Built, FoundMap, ParsedScripts, held_map
from errata.stores.blobs.script_uploads import Say
from errata.stores.blobs.web_files import WebFiles
from errata.stores.web.fetch import FetchError, WebFile

# What is looked at to tell a page from a script: many servers answer with their first page whatever they are asked for,
# and what they call it is not to be trusted.
_HEAD = 1_000


class WebScripts:
    """Finds built files on the web."""

    def __init__(self, files: WebFiles, parsed: ParsedScripts) -> None:
        self._files = files
        self._parsed = parsed

    async def find(self, need: Need, say: Say) -> Script | Absent:
        """Give the built file that a need names; its `failure` says why it has no map."""
        try:
            page = await self._files.get(need, need.url)
        except FetchError as error:
            say(f"the web, from the origins that the project allows: {error.failure}")
            return Absent(error.failure)
        if page.content[:_HEAD].lstrip().startswith(b"<"):
            say("the web has a page there, and no script")
            return Absent(Failure.MISSING_SOURCE)
        say("found on the web, at an origin that the project allows")
        built = Built(page.content, await _sha1(page.content), "scraping")
        return await self._parsed.script(need, built, await self._map(need, page, say), say)

    async def _map(self, need: Need, page: WebFile, say: Say) -> FoundMap:
        """Give the content of the source map, or why there is none; neither when the file names no map."""
        reference = page.reference or await asyncio.to_thread(reference_in, page.content)
        if is_embedded(reference):
            return await held_map(need, reference, say)
        if not reference:
            say("the built file names no source map, so it is taken for what people wrote")
            return FoundMap()
        url = join_paths(page.url, reference)
        try:
            file = await self._files.get(need, url)
        except FetchError as error:
            say(f"the source map that it names: {error.failure}")
            return FoundMap(url, failure=Failure.MISSING_SOURCEMAP)
        return FoundMap(url, await _sha1(file.content), file.content)


async def _sha1(content: bytes) -> str:
    return await asyncio.to_thread(lambda: sha1(content, usedforsecurity=False).hexdigest())
