"""Asking who holds the event ids of a batch, and what to do while Redis is away, full or read-only: nobody is stopped.

Items pass unchecked then, counted. Their ids are kept, and claimed once Redis is back, so that a copy that comes later
is still found. Items that may be duplicates wait for Redis, counted from when it went away: once in an outage, not at
each batch. Of these ClickHouse is asked, too.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence

from redis.exceptions import RedisError

from errata.runtime import logging
from errata.runtime.metrics import PROCESSOR_CLAIMED_LATE, PROCESSOR_UNCHECKED
from errata.stores.clickhouse.event_ids import Sent
from errata.stores.redis.event_ids import Claim, EventIds
from errata_processor.first_copies import FirstCopies
from errata_processor.terms import Job

# Each batch would wait for a connection that does not come; so often it is tried again.
_PAUSE = 1.0
# Ids kept while Redis is away, some 25 MB: more than the writer is usually behind, and what it has landed ClickHouse
# knows. The oldest go first.
_KEPT = 100_000
# Told to Redis at once: some 3 ms of its time.
_CHUNK = 1_000

log = logging.get(__name__)


class Claims:
    """The check for duplicates, which the absence of a store opens but never stops for long."""

    def __init__(self, ids: EventIds, copies: FirstCopies, wait_seconds: float) -> None:
        """Let items that may be duplicates wait so long for Redis."""
        self._ids = ids
        self._copies = copies
        self._wait = wait_seconds
        self._away_since: float | None = None
        self._tried = 0.0
        self._unclaimed: deque[Claim] = deque(maxlen=_KEPT)
        self._asking = asyncio.Lock()

    async def holders(self, jobs: Sequence[Job]) -> list[str]:
        """Give for each item the origin, as text, that holds its event id; empty when nobody was asked."""
        asked = [job for job in jobs if job.item.meta.event_id]
        if not asked:
            return [""] * len(jobs)
        flagged = [job for job in asked if job.item.meta.maybe_duplicate]
        claims = [_claim(job) for job in asked]
        answers = await self._ask(claims, patient=bool(flagged))
        if answers is None:
            PROCESSOR_UNCHECKED.labels("redis").inc(len(claims))
            self._unclaimed.extend(claims)
        holders = {id(job): holder for job, holder in zip(asked, answers or [""] * len(asked), strict=True)}
        first = [job for job in flagged if holders[id(job)] in {"", str(job.origin)}]
        landed = await self._copies.of([_sent(job) for job in first])
        for job in first:
            holders[id(job)] = landed.get(_sent(job), holders[id(job)])
        return [holders.get(id(job), "") for job in jobs]

    async def keep_claiming(self) -> None:
        """Claim what passed unchecked as soon as Redis is back, whether or not anything comes, until cancelled."""
        while True:
            await asyncio.sleep(_PAUSE)
            if self._unclaimed:
                await self._try([])

    async def _ask(self, claims: Sequence[Claim], *, patient: bool) -> list[str] | None:
        """Give the holders, None when Redis is away."""
        while (holders := await self._try(claims)) is None:
            if not patient or time.monotonic() - (self._away_since or 0.0) >= self._wait:
                return None
            await asyncio.sleep(_PAUSE)
        return holders

    async def _try(self, claims: Sequence[Claim]) -> list[str] | None:
        async with self._asking:
            now = time.monotonic()
            if self._away_since is not None and now - self._tried < _PAUSE:
                return None
            self._tried = now
            try:
                await self._claim_late()
                holders = await self._ids.claim(claims)
            except RedisError as error:
                if self._away_since is None:
                    self._away_since = now
                    log.warning("redis is away or full: duplicates are not recognized until it is back", exc_info=error)
                return None
            if self._away_since is not None:
                log.info("redis is back", seconds=round(now - self._away_since, 1))
                self._away_since = None
            return holders

    async def _claim_late(self) -> None:
        """Claim for items that have passed; those that were there first come first."""
        while self._unclaimed:
            chunk = [self._unclaimed.popleft() for _ in range(min(_CHUNK, len(self._unclaimed)))]
            try:
                holders = await self._ids.claim(chunk)
            except RedisError:
                self._unclaimed.extendleft(reversed(chunk))
                raise
            for claim, holder in zip(chunk, holders, strict=True):
                PROCESSOR_CLAIMED_LATE.labels("first" if holder == claim.origin else "duplicate").inc()


def _claim(job: Job) -> Claim:
    meta = job.item.meta
    return Claim(meta.project, meta.event_id, str(job.origin), meta.replay_of)


def _sent(job: Job) -> Sent:
    meta = job.item.meta
    return Sent(meta.project, meta.event_id, meta.received_at)
