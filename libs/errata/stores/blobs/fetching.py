"""From what a stage needs to what was uploaded: found, parsed, and kept in memory for the next events.

What was found is asked for anew each minute, since a release can be uploaded again; asking costs a listing and a
record, and nothing is parsed again unless it changed. What was not found is asked for again after a few seconds, so
that a map uploaded after an event serves the next ones.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from obstore.exceptions import BaseError

from errata.runtime import logging
from errata.stages.symbolicate.artifacts import Absent, Answer, Kind, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_text import SourceText
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.contents import Contents
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.memory_cache import MemoryCache
from errata.stores.blobs.scripts import Say, Scripts
from errata.stores.blobs.symbols import Symbols

REFRESH_SECONDS = 60.0
# Lookups at a time; and parsers, each of which may take hundreds of megabytes for a moment.
_AT_ONCE, _PARSERS = 16, 2
# Of an answer without content, about; and of opened symbols, most of which stay on disk.
_SMALL = 1000

log = logging.get(__name__)


class Found(NamedTuple):
    """An answer, and how it was come by."""

    answer: Answer
    steps: tuple[str, ...]
    """In words, for people who ask why."""


class Fetcher:
    """Answers needs. One a process; not for several threads."""

    def __init__(
        self,
        store: ArtifactStore,
        disk: DiskCache,
        *,
        memory_bytes: int,
        retry_seconds: float = 10.0,
        timeout_seconds: float = 5.0,
    ) -> None:
        """Begin with an empty memory.

        Args:
            store: what was uploaded.
            disk: shared with the other processes of this machine.
            memory_bytes: that answers may hold together.
            retry_seconds: after which what was not found is looked for again.
            timeout_seconds: after which one need is given up until then.

        """
        self._store = store
        self._memory: MemoryCache[Answer] = MemoryCache(memory_bytes)
        self._retry = retry_seconds
        self._timeout = timeout_seconds
        self._away_until = 0.0
        self._empty_until: dict[int, float] = {}
        """Projects that never uploaded anything: none of their needs costs a look into the store."""
        self._gate = asyncio.Semaphore(_AT_ONCE)
        parsers = asyncio.Semaphore(_PARSERS)
        contents = Contents(store, disk)
        scripts = Scripts(store, contents, parsers)
        symbols = Symbols(store, contents, disk, parsers)
        self._finders: dict[Kind, Callable[[Need, Say], Awaitable[Answer]]] = {
            Kind.SCRIPT: scripts.find,
            Kind.SOURCE: scripts.find_source,
            Kind.PROGUARD: symbols.find_mapping,
            Kind.SYMBOLS: symbols.find_symbols,
        }

    @property
    def held_bytes(self) -> int:
        """What the answers in memory cost, about."""
        return self._memory.bytes

    def get(self, need: Need) -> Answer | None:
        """Give an answer that is in memory, None when the need must be fetched."""
        now = time.monotonic()
        if self._empty_until.get(need.project, now) > now:
            return Absent(None)
        return self._memory.get(need, now)

    async def fetch(self, needs: Iterable[Need]) -> dict[Need, Answer]:
        """Give an answer to each need; never raises for what is not there, broken, or out of reach."""
        wanted = list(dict.fromkeys(needs))
        answers = [found.answer for found in await asyncio.gather(*map(self.explain, wanted))]
        now = time.monotonic()
        for need, answer in zip(wanted, answers, strict=True):
            if answer == Absent(None):
                self._empty_until[need.project] = now + self._retry
                continue
            found = not isinstance(answer, Absent) and not (isinstance(answer, Script) and answer.failure)
            cost = answer.cost if isinstance(answer, Script | SourceText) else _SMALL
            self._memory.put(need, answer, cost, now + (REFRESH_SECONDS if found else self._retry))
        return dict(zip(wanted, answers, strict=True))

    async def explain(self, need: Need) -> Found:
        """Give the answer to one need with the steps that led to it; memory is neither asked nor filled."""
        steps: list[str] = []
        if time.monotonic() < self._away_until:
            return Found(Absent(Failure.STORE_AWAY), ("the store of uploads could not be read a moment ago",))
        try:
            async with self._gate, asyncio.timeout(self._timeout):
                if not await self._store.has_any(need.project):
                    return Found(Absent(None), ("nothing was ever uploaded for this project",))
                return Found(await self._finders[need.kind](need, steps.append), tuple(steps))
        except (BaseError, OSError, TimeoutError) as error:
            log.warning("uploads can not be read", error=type(error).__name__)
            self._away_until = time.monotonic() + self._retry  # so that not each event of a batch waits
            return Found(Absent(Failure.STORE_AWAY), (*steps, "the store of uploads could not be read"))
