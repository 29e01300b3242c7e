"""Files of the web: at a bounded pace, kept on disk for the processors of one machine; failures, too, for less long."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec

from errata.contracts.times import MINUTE, SECOND, Clock
from errata.contracts.times import now as wall_clock
from errata.runtime import metrics
from errata.stages.symbolicate.artifacts import Need
from errata.stages.symbolicate.failures import Failure
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.fair_gate import FairGate
from errata.stores.blobs.shared_work import SharedWork
from errata.stores.web.addresses import is_public
from errata.stores.web.fetch import FetchError, Web, WebFile

# A file that is built again under its old name is used as it was for so long.
KEEP, KEEP_FAILED = 10 * MINUTE, MINUTE
# At a time, each in memory whole.
_FETCHES = 4
# What fetching for one project may take of a minute, all its files together: clients choose what is asked for, and
# batches wait for it. A page of 30 files and their maps takes some 5 s.
_PACE = 20 * SECOND


class _Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What lies on disk."""

    ends: int
    file: WebFile | None = None
    failure: Failure | None = None


class WebFiles:
    """Addresses to files."""

    def __init__(
        self, disk: DiskCache, clock: Clock = wall_clock, is_reachable: Callable[[str], bool] = is_public
    ) -> None:
        """Keep files on a disk.

        Args:
            disk: shared with the other processes of this machine.
            clock: gives microseconds since 1970, as these processes have them, too.
            is_reachable: as for `Web`.

        """
        self._disk = disk
        self._clock = clock
        self._web = Web(is_reachable)
        self._fetching: SharedWork[_Kept] = SharedWork()
        self._turns = FairGate(_FETCHES)
        self._minute = 0
        self._taken: Counter[int] = Counter()
        """Of this minute, by project: microseconds of fetching."""

    async def get(self, need: Need, url: str) -> WebFile:
        """Give a file of the web as it was at most ten minutes ago.

        Args:
            need: what it is for: whose it is, and from which origins it may come.
            url: its address.

        Raises:
            FetchError: there is none for this project.

        """
        name = f"web {' '.join(need.origins)} {url}"
        kept = await self._fetching.done(name, partial(self._get, name, need, url))
        if kept.file is None:
            raise FetchError(kept.failure or Failure.FETCH_FAILED)
        return kept.file

    async def _get(self, name: str, need: Need, url: str) -> _Kept:
        kept = await asyncio.to_thread(self._read, name)
        if kept and self._clock() < kept.ends:
            return kept
        async with self._turns.turn(need.project):
            began = self._clock()
            if began // MINUTE != self._minute:
                self._minute = began // MINUTE
                self._taken.clear()
            if self._taken[need.project] >= _PACE:
                metrics.PROCESSOR_WEB_FETCHES.labels(Failure.LIMITED).inc()
                return _Kept(0, failure=Failure.LIMITED)
            kept = await self._fetch(need, url)
            self._taken[need.project] += self._clock() - began
        metrics.PROCESSOR_WEB_FETCHES.labels(kept.failure or "fetched").inc()
        if kept.failure is not Failure.SCRAPING_DISABLED:  # clients name addresses without end that nobody allowed
            with suppress(OSError):  # a full disk costs the next reader a fetch
                await asyncio.to_thread(self._disk.put, name, msgspec.msgpack.encode(kept))
        return kept

    async def _fetch(self, need: Need, url: str) -> _Kept:
        try:
            file = await self._web.fetch(url, need.origins)
        except FetchError as error:
            return _Kept(self._clock() + KEEP_FAILED, failure=error.failure)
        return _Kept(self._clock() + KEEP, file)

    def _read(self, name: str) -> _Kept | None:
        with suppress(OSError, msgspec.DecodeError):
            content = self._disk.get(name)
            return None if content is None else msgspec.msgpack.decode(content, type=_Kept)
        return None
