"""What the partitions of a project share, in Redis: the next short number, and when each release was first seen.

Neither changes together with a position: a number taken for a decision that is then made again leaves a gap, and a
release is noted by whoever meets it first.
"""

from collections.abc import Iterable, Mapping, Sequence

from redis.asyncio import Redis

MAX_RELEASES = 10_000
"""A project remembers this many and no more: releases are text from clients."""

# That numbers were raised is noted beside them, and lost with them: so the first one after a loss knows that it is.
_RAISE = """
local last = math.max(tonumber(redis.call('HGET', KEYS[1], 'last') or '0'), tonumber(ARGV[1]))
if redis.call('HSETNX', KEYS[1], 'raised', 1) == 1 then last = last + tonumber(ARGV[2]) end
redis.call('HSET', KEYS[1], 'last', last)
"""
_MEET = """
local room = tonumber(ARGV[1]) - redis.call('HLEN', KEYS[1])
local seen = {}
for at = 2, #ARGV, 2 do
  if ARGV[at + 1] ~= '' and room > 0 then
    room = room - redis.call('HSETNX', KEYS[1], ARGV[at], ARGV[at + 1])
  end
  seen[at / 2] = redis.call('HGET', KEYS[1], ARGV[at])
end
return seen
"""


class Projects:
    """The shared state of all projects."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._raise = redis.register_script(_RAISE)
        self._meet = redis.register_script(_MEET)

    async def numbers(self, project: int, wanted: int) -> range:
        """Give so many short numbers that nobody else was or will be given."""
        last: int = await self._redis.hincrby(f"{self._prefix}number:{project}", "last", wanted)
        return range(last - wanted + 1, last + 1)

    async def raise_number(self, project: int, number: int, margin: int) -> None:
        """See to it that all numbers to be given are above this one, after Redis was lost.

        The first to do so leaves out so many more: they were given before, and may be on their way.
        """
        await self._raise([f"{self._prefix}number:{project}"], [number, margin])

    async def meet_releases(self, project: int, met: Mapping[str, int], others: Iterable[str] = ()) -> dict[str, int]:
        """Give when the project first saw each release, microseconds; those it never saw are not in it.

        Args:
            project: its id.
            met: releases seen now, with the time; noted unless they are known.
            others: releases to look up only.

        """
        names: Sequence[str] = (*met, *(release for release in others if release not in met))
        words = [word for release in names for word in (release, met.get(release, ""))]
        answers = await self._meet([f"{self._prefix}releases:{project}"], [MAX_RELEASES, *words])
        return {release: int(seen) for release, seen in zip(names, answers, strict=True) if seen is not None}
