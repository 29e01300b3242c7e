"""Built files with their maps, parsed: the same contents once, while anyone uses them, wherever they came from."""

import asyncio
from typing import NamedTuple
from weakref import WeakValueDictionary

from errata.protocols.artifacts.references import embedded
from errata.stages.symbolicate.artifacts import Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.mappings import Malformed
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_map import SourceMap
from errata.stages.symbolicate.source_text import SourceText
from errata.stores.blobs.fair_gate import FairGate
from errata.stores.blobs.script_uploads import Say
from errata.stores.blobs.shared_work import SharedWork
from errata.stores.blobs.verdicts import Verdicts


class Built(NamedTuple):
    """A built file that was found."""

    content: bytes | None
    """None when only its map was."""
    key: str
    """Its sha1, or empty."""
    found_by: str
    """`debug-id`, `release` or `scraping`."""


class FoundMap(NamedTuple):
    """What became of the source map."""

    url: str = ""
    key: str = ""
    """Says which content it is."""
    content: bytes | None = None
    failure: Failure | None = None


class ParsedScripts:
    """Opens built files."""

    def __init__(self, verdicts: Verdicts, parsers: FairGate) -> None:
        """Parse maps.

        Args:
            verdicts: what other processes found out about the same maps.
            parsers: bounds how many maps are parsed at a time.

        """
        self._verdicts = verdicts
        self._parsers = parsers
        self._parsing: SharedWork[SourceMap] = SharedWork()
        self._scripts: WeakValueDictionary[tuple[str, ...], Script] = WeakValueDictionary()
        self._maps: WeakValueDictionary[tuple[str, str], SourceMap] = WeakValueDictionary()

    async def script(self, need: Need, built: Built, found: FoundMap, say: Say) -> Script:
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


async def held_map(need: Need, reference: str, say: Say) -> FoundMap:
    """Give the map that a built file holds itself."""
    content = await asyncio.to_thread(embedded, reference)
    say("the source map is embedded in the built file" + ("" if content else ", but cannot be decoded"))
    return FoundMap(need.url, "embedded", content or None, None if content else Failure.INVALID_BASE64_SOURCEMAP)
