"""Asking Redis who holds the event ids of a batch, and what to do while Redis is away."""

import asyncio
import time
from collections.abc import Sequence

from redis.exceptions import OutOfMemoryError

from errata.runtime import logging
from errata.runtime.metrics import PROCESSOR_UNCHECKED
from errata.stores.redis.connection import AWAY
from errata.stores.redis.event_ids import Claim, EventIds
from errata_processor.batch import Job

# Each batch would wait for a connection that does not come; so often it is tried again.
_PAUSE = 1.0

log = logging.get(__name__)


class Claims:
    """The check for duplicates, which Redis's absence opens but never stops for long."""

    def __init__(self, ids: EventIds, wait_seconds: float) -> None:
        """Let items that may be duplicates wait so long for Redis."""
        self._ids = ids
        self._wait = wait_seconds
        self._away_since: float | None = None
        self._tried = 0.0

    async def holders(self, jobs: Sequence[Job]) -> list[str]:
        """Give for each item the origin, as text, that holds its event id; empty when nobody was asked.

        While Redis is away items pass unchecked, counted; those flagged as possible duplicates wait first.
        """
        asked = [place for place, job in enumerate(jobs) if job.item.meta.event_id]
        holders = [""] * len(jobs)
        claims = [_claim(jobs[place]) for place in asked]
        found = await self._ask(claims, patient=any(jobs[place].item.meta.maybe_duplicate for place in asked))
        if found is None:
            PROCESSOR_UNCHECKED.inc(len(asked))
            return holders
        for place, holder in zip(asked, found, strict=True):
            holders[place] = holder
        return holders

    async def _ask(self, claims: Sequence[Claim], *, patient: bool) -> list[str] | None:
        """Give the holders, None when Redis is away."""
        asked = time.monotonic()
        while True:
            now = time.monotonic()
            if self._away_since is None or now - self._tried >= _PAUSE:
                self._tried = now
                try:
                    holders = await self._ids.claim(claims)
                except (*AWAY, OutOfMemoryError):
                    if self._away_since is None:
                        self._away_since = now
                        log.warning("redis is away or full: duplicates are not recognized until it is back")
                else:
                    if self._away_since is not None:
                        log.info("redis is back", seconds=round(now - self._away_since, 1))
                        self._away_since = None
                    return holders
            if not patient or now - asked >= self._wait:
                return None
            await asyncio.sleep(_PAUSE)


def _claim(job: Job) -> Claim:
    meta = job.item.meta
    return Claim(meta.project, meta.event_id, str(job.origin), meta.replay_of)
