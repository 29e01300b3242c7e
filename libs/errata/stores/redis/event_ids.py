"""Event ids that were seen, each with the origin that had it first: how an event posted twice is told from a retry.

One key an id, set once and kept for a time; its value is the first one's origin as text. An item that finds its own
origin there is the retry of a batch that was not committed, hence no duplicate. A replayed dead letter has a claim of
its own under the origin it replays, so that a second replay is a duplicate of the first.

Memory: some 170 bytes an id (measured, Redis 6.2), so 16 MB for each event a second of a steady stream at the usual
26 hours. While Redis is short of memory new ids are kept for less: the states of issues need the rest.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError, ResponseError

from errata.runtime import logging
from errata.runtime.metrics import PROCESSOR_REMEMBERED

# Replays are rare and people repeat them late: as long as the topic `dead-letters` keeps its messages.
_REPLAY_SECONDS = 14 * 24 * 3600

_LOOK_SECONDS = 10.0
_SHORTER = ((0.6, 3600), (0.8, 60))
"""From this share of Redis's memory on, a new id is kept only so many seconds."""

# One script for many ids costs the client 1.5 us an id; a `SET` and its answer in a pipeline of redis-py cost 12 us.
# `SET ... NX GET` in one would need Redis 7.
_CLAIM = """
local holders = {}
for i, key in ipairs(KEYS) do
  if redis.call('SET', key, ARGV[i + 1], 'NX', 'EX', ARGV[1]) then
    holders[i] = ARGV[i + 1]
  else
    holders[i] = redis.call('GET', key)
  end
end
return holders
"""


log = logging.get(__name__)


class Claim(NamedTuple):
    """An item that wants to be the first with its event id."""

    project: int
    event_id: str
    origin: str
    """Of the item, as text."""
    replay_of: str = ""
    """The origin, as text, of the dead letter that it replays."""


class EventIds:
    """The store of event ids that were seen."""

    def __init__(self, redis: Redis, prefix: str, seconds: int) -> None:
        """Keep ids for so many seconds: at least the age a spool can reach and the retention of `ingest` together.

        The prefix is that of the topics: installations that share a Redis do not share ids.
        """
        self._redis = redis
        self._prefix = prefix
        self._longest = seconds
        self._seconds = 0
        self._looked = float("-inf")

    async def claim(self, claims: Sequence[Claim]) -> list[str]:
        """Give for each claim the origin, as text, that holds its event id: its own when it is the first.

        One round trip for all. Claiming again what one holds changes nothing.

        Raises:
            redis.exceptions.OutOfMemoryError: Redis is full.
            redis.exceptions.RedisError: it cannot be reached, or takes no writes now (loading, read-only).

        """
        if not claims:
            return []
        if time.monotonic() - self._looked >= _LOOK_SECONDS:
            await self._look()
        shards: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for place, claim in enumerate(claims):
            shards[_shard(claim), _REPLAY_SECONDS if claim.replay_of else self._seconds].append(place)
        async with self._redis.pipeline(transaction=False) as pipe:
            for (shard, seconds), places in shards.items():
                keys = [self._key(shard, claims[place]) for place in places]
                pipe.eval(_CLAIM, len(keys), *keys, seconds, *(claims[place].origin for place in places))
            try:
                answers = await pipe.execute()
            except ResponseError as error:
                if "OOM" in str(error):  # in a script it is no error of a class of its own
                    raise OutOfMemoryError("Redis is full") from None
                raise
        holders = [""] * len(claims)
        for places, answer in zip(shards.values(), answers, strict=True):
            for place, holder in zip(places, answer, strict=True):
                holders[place] = holder.decode()
        return holders

    async def _look(self) -> None:
        """Choose for how long new ids are kept from now on; say when that changes.

        Of a cluster one node is asked and stands for all: ids are spread over them evenly.
        """
        memory = await self._redis.info("memory")
        self._looked = time.monotonic()
        before, self._seconds = self._seconds, lifetime(memory, self._longest)
        PROCESSOR_REMEMBERED.set(self._seconds)
        if not before and not int(memory.get("maxmemory", 0)):
            log.warning("redis has no `maxmemory`: event ids shorten their stay by the machine's whole memory only")
        if before != self._seconds and self._seconds < self._longest:
            log.warning("redis is short of memory: event ids are kept for less", seconds=self._seconds)
        elif before and before != self._seconds:
            log.info("redis has memory again: event ids are kept as long as they should be", seconds=self._seconds)

    def _key(self, shard: str, claim: Claim) -> str:
        if claim.replay_of:
            return f"{self._prefix}replayed:{{{shard}}}:{claim.replay_of}"
        return f"{self._prefix}seen:{{{shard}}}:{claim.project}:{claim.event_id}"


def lifetime(memory: Mapping[str, Any], longest: int) -> int:
    """Give how many seconds a new id is kept, given what Redis says of its memory.

    Without a `maxmemory` the machine's memory is the limit; without that, where a service hides it, time alone is.
    """
    limit = int(memory.get("maxmemory", 0)) or int(memory.get("total_system_memory", 0))
    used = int(memory["used_memory"]) / limit if limit else 0.0
    return min([longest, *(seconds for share, seconds in _SHORTER if used >= share)])


def _shard(claim: Claim) -> str:
    """Give the hash tag: keys of one script must live on one node of a cluster, and 16 tags spread them over all."""
    return claim.replay_of[-1] if claim.replay_of else claim.event_id[:1]
