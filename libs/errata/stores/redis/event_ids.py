"""Event ids that were seen, each with the origin that had it first: how an event posted twice is told from a retry.

One key an id, set once and kept for a time; its value is the first one's origin as text. An item that finds its own
origin there is the retry of a batch that was not committed, hence no duplicate. A replayed dead letter has a claim of
its own under the origin it replays, so that a second replay is a duplicate of the first.

Memory: some 170 bytes an id (measured, Redis 6.2), so 16 MB for each event a second of a steady stream at the usual
26 hours.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from redis.asyncio import Redis

# Replays are rare and people repeat them late: as long as the topic `dead-letters` keeps its messages.
_REPLAY_SECONDS = 14 * 24 * 3600

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

    def __init__(self, redis: Redis, seconds: int) -> None:
        """Keep ids for so many seconds: at least the age a spool can reach and the retention of `ingest` together."""
        self._redis = redis
        self._script = redis.register_script(_CLAIM)
        self._seconds = seconds

    async def claim(self, claims: Sequence[Claim]) -> list[str]:
        """Give for each claim the origin, as text, that holds its event id: its own when it is the first.

        One round trip for all. Claiming again what one holds changes nothing.

        Raises:
            redis.exceptions.RedisError: see `connection.AWAY` for those that mean that Redis can not be reached.

        """
        if not claims:
            return []
        shards: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        for place, claim in enumerate(claims):
            shards[_shard(claim), _REPLAY_SECONDS if claim.replay_of else self._seconds].append(place)
        async with self._redis.pipeline(transaction=False) as pipe:
            for (shard, seconds), places in shards.items():
                keys = [_key(shard, claims[place]) for place in places]
                await self._script(keys, [seconds, *(claims[place].origin for place in places)], client=pipe)
            answers = await pipe.execute()
        holders = [""] * len(claims)
        for places, answer in zip(shards.values(), answers, strict=True):
            for place, holder in zip(places, answer, strict=True):
                holders[place] = holder.decode()
        return holders


def _shard(claim: Claim) -> str:
    """Give the hash tag: keys of one script must live on one node of a cluster, and 16 tags spread them over all."""
    return claim.replay_of[-1] if claim.replay_of else claim.event_id[:1]


def _key(shard: str, claim: Claim) -> str:
    if claim.replay_of:
        return f"errata:replayed:{{{shard}}}:{claim.replay_of}"
    return f"errata:seen:{{{shard}}}:{claim.project}:{claim.event_id}"
