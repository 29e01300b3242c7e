"""From what a stage needs to what was uploaded: found, parsed, and kept in memory for the next events.

An answer holds until the project's uploads change (`records.revision_key`), which is looked at once a second, so an
upload serves the next event; it is asked for again each minute all the same, and nothing is parsed again unless it
changed. Whoever asks waits for so long and no longer: a lookup that is not done by then goes on, its answer is kept.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from cachetools import LRUCache
from obstore.exceptions import BaseError

from errata.runtime import logging
from errata.stages.symbolicate.artifacts import Absent, Answer, Kind, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.source_text import SourceText
from errata.stages.symbolicate.urls import is_web
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.budget import Budget
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.contents import Contents
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.fair_gate import FairGate
from errata.stores.blobs.parsed_scripts import ParsedScripts
from errata.stores.blobs.patient import PatientBlobs
from errata.stores.blobs.script_uploads import Say
from errata.stores.blobs.scripts import Scripts
from errata.stores.blobs.shared_work import SharedWork
from errata.stores.blobs.symbols import Symbols
from errata.stores.blobs.verdicts import Verdicts
from errata.stores.blobs.web_files import WebFiles
from errata.stores.blobs.web_scripts import WebScripts
from errata.stores.blobs.windows import in_windows
from errata.stores.web.addresses import is_public

REFRESH_SECONDS = 60.0
"""Longest that an answer is used without asking again, should a change go unnoticed."""
LOOK_SECONDS = 1.0
"""Between looks for changes of any uploads; one small read."""
# A look that takes longer is not waited for: events go by what is known.
_LOOK_PATIENCE = 0.5
# Lookups at a time, each of which may hold a built file and its map: enough for a bucket far away, few enough for its
# limits; and parsers, each of which may take hundreds of megabytes for a moment.
_LOOKUPS, _PARSERS = 16, 2
# Of an answer without content, about; and of opened symbols, most of which stay on disk.
_SMALL = 1000

log = logging.get(__name__)


class Found(NamedTuple):
    """An answer, and how it was come by."""

    answer: Answer
    steps: tuple[str, ...]
    """In words, for people who ask why."""


@dataclass(frozen=True)
class _Kept:
    """An answer in memory."""

    answer: Answer
    cost: int
    revision: str | None
    """Of the project's uploads, before they were looked at; None when it could not be read."""
    ends: float


class Fetcher:
    """Answers needs. One a process; not for several threads."""

    def __init__(
        self,
        blobs: Blobs,
        disk: DiskCache,
        *,
        memory_bytes: int,
        retry_seconds: float = 10.0,
        timeout_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        is_reachable: Callable[[str], bool] = is_public,
    ) -> None:
        """Begin with an empty memory.

        Args:
            blobs: where uploads lie.
            disk: shared with the other processes of this machine.
            memory_bytes: that answers may hold together.
            retry_seconds: for which a store that failed is left alone.
            timeout_seconds: after which one read of the store is given up.
            clock: gives seconds that never go back.
            is_reachable: tells of an address of the web whether it may be connected to; another one is for tests only.

        """
        self._clock = clock
        self._retry = retry_seconds
        self._store = ArtifactStore(PatientBlobs(blobs, clock, timeout_seconds, retry_seconds))
        self._memory: LRUCache[Need, _Kept] = LRUCache(memory_bytes, getsizeof=lambda kept: kept.cost)
        self._lookups: SharedWork[Answer] = SharedWork()
        self._late: set[Need] = set()
        """Needs that somebody waited for in vain and that are looked up yet."""
        self._turns = FairGate(_LOOKUPS)
        self._looks: SharedWork[None] = SharedWork()
        self._revisions: dict[int, str] = {}
        """Of the projects that anything was needed for."""
        self._revision = ""
        self._looked_at = float("-inf")
        parsers = FairGate(_PARSERS)
        contents = Contents(self._store, disk)
        parsed = ParsedScripts(Verdicts(disk), parsers)
        scripts = Scripts(self._store, contents, parsed)
        self._web = WebScripts(WebFiles(disk, is_reachable=is_reachable), parsed)
        symbols = Symbols(self._store, contents, disk, parsers)
        self._finders: dict[Kind, Callable[[Need, Say], Awaitable[Answer]]] = {
            Kind.SCRIPT: scripts.find,
            Kind.SOURCE: scripts.find_source,
            Kind.PROGUARD: symbols.find_mapping,
            Kind.SYMBOLS: symbols.find_symbols,
        }

    @property
    def held_bytes(self) -> int:
        """What the answers in memory cost, about."""
        return int(self._memory.currsize)

    def get(self, need: Need) -> Answer | None:
        """Give an answer that is in memory, None when the need must be fetched."""
        revision = self._revisions.get(need.project)
        if revision == "" and not need.origins:
            return Absent(None)
        kept = self._memory.get(need)
        return kept.answer if kept and kept.revision == revision and self._clock() < kept.ends else None

    async def refresh(self) -> None:
        """Notice uploads, so that `get` knows no answers of before. At most once a second it reads, one small blob."""
        if self._revisions and self._clock() >= self._looked_at + LOOK_SECONDS:
            await asyncio.wait([self._looks.start("all", self._look)], timeout=_LOOK_PATIENCE)

    async def fetch(self, needs: Iterable[Need], budget: Budget) -> dict[Need, Answer]:
        """Answer each need within the budget; never raises for what is not there, broken, or out of reach."""
        answers: dict[Need, Answer] = {}
        running: dict[asyncio.Task[Answer], Need] = {}
        for need in dict.fromkeys(needs):
            if need in self._late:
                answers[need] = Absent(Failure.LATE)
            elif budget.takes_lookup(need.project):
                running[self._lookups.start(need, partial(self._look_up, need))] = need
            else:
                answers[need] = Absent(Failure.LIMITED)
        if running:
            began = self._clock()
            await asyncio.wait(running, timeout=budget.seconds)
            budget.spend(self._clock() - began)
        for task, need in running.items():
            if task.done():
                answers[need] = task.result()
            else:
                self._late.add(need)
                answers[need] = Absent(Failure.LATE)
        return answers

    async def explain(self, need: Need) -> Found:
        """Give the answer to one need with the steps that led to it; memory is neither asked nor filled."""
        steps: list[str] = []
        try:
            revision = await self._store.revision(need.project)
            return Found(await self._find(need, revision, steps.append), tuple(steps))
        except (BaseError, OSError):
            return Found(Absent(Failure.STORE_AWAY), (*steps, "the store of uploads could not be read"))

    async def _look_up(self, need: Need) -> Answer:
        """Give the answer to a need, in memory from then on."""
        answer: Answer = Absent(Failure.STORE_AWAY)
        seconds, revision = self._retry, None
        try:
            revision = await self._revision_of(need.project)
            answer = await self._find(need, revision, _say_nothing)
            seconds = REFRESH_SECONDS
        except (BaseError, OSError):
            log.debug("an upload cannot be read", project=need.project)
        finally:
            self._late.discard(need)
        cost = answer.cost if isinstance(answer, Script | SourceText) else _SMALL
        if cost <= self._memory.maxsize:
            self._memory[need] = _Kept(answer, cost, revision, self._clock() + seconds)
        return answer

    async def _find(self, need: Need, revision: str, say: Say) -> Answer:
        """Give the answer of the project's uploads; when they have none, of the web where the project allows it."""
        answer: Answer = Absent(None)
        if revision:
            async with self._turns.turn(need.project):
                answer = await self._finders[need.kind](need, say)
        else:
            say("nothing was ever uploaded for this project")
        if need.origins and is_web(need.url) and isinstance(answer, Absent):
            # Outside of the turn: the web may be slow, and others wait for the store alone.
            return await self._web.find(need, say)
        return answer

    async def _revision_of(self, project: int) -> str:
        """Give the revision of a project's uploads as it is known, read first if it is not."""
        while project not in self._revisions:
            await self._looks.done(project, partial(self._look_at, project))
        return self._revisions[project]

    async def _look_at(self, project: int) -> None:
        """Read a project's revision for the first time."""
        before = self._revision
        revision = await self._store.revision(project)
        if self._revision == before:  # else it may have changed since, and nobody would look at this project again
            self._revisions[project] = revision

    async def _look(self) -> None:
        """Read the revisions of all known projects, if any project's uploads changed."""
        self._looked_at = self._clock()
        before = self._revision
        try:
            self._revision = await self._store.revision()
            if self._revision != before:
                projects = list(self._revisions)
                found = [one async for one in in_windows(map(self._store.revision, projects), _LOOKUPS)]
                self._revisions |= dict(zip(projects, found, strict=True))
        except (BaseError, OSError):
            self._revision = before  # what is known is used until the store is back


def _say_nothing(_step: str) -> None:
    """Take a step that nobody asked for."""
