"""How much of each allowance is used, in Redis: shared by all relays, asked and counted in one step.

A count lives under the number of its window and vanishes by itself. Everything of a project lies in one hash slot. A
script whose answer was lost is sent again and then counts twice: limits may bite a little early, never late.
"""

from collections.abc import Sequence
from typing import NamedTuple

from redis.asyncio import Redis

from errata.config.limits import Allowance


class Wish(NamedTuple):
    """Items that want to come in: as many are taken as each allowance has room for."""

    quantity: int
    allowances: tuple[Allowance, ...]
    least: int = 1
    """Fewer are of no use, so that none is taken: for items that came as one and cannot be parted."""


class Grant(NamedTuple):
    """How much of a wish was taken, and counted."""

    taken: int
    short: Allowance | None = None
    """Which allowance had no room for the rest; None when all was taken."""
    room: int = 0
    """How much that allowance still has room for."""


# For each wish: the least room that any allowance has; so much is counted, everywhere.
_TAKE = """
local answers, at = {}, 1
while at <= #ARGV do
  local quantity, least = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local last = at + 2 + 3 * tonumber(ARGV[at + 2])
  local room, short = quantity, 0
  for a = at + 3, last, 3 do
    local used = tonumber(redis.call('GET', KEYS[tonumber(ARGV[a])]) or '0')
    local left = math.max(tonumber(ARGV[a + 1]) - used, 0)
    if left < room then room, short = left, (a - at) / 3 end
  end
  local taken = room >= least and room or 0
  if taken > 0 then
    for a = at + 3, last, 3 do
      local key = KEYS[tonumber(ARGV[a])]
      if redis.call('INCRBY', key, taken) == taken then redis.call('EXPIRE', key, ARGV[a + 2]) end
    end
  end
  answers[#answers + 1] = {taken, short, room - taken}
  at = last + 1
end
return answers
"""


class Allowances:
    """The counts of all projects."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._take = redis.register_script(_TAKE)

    async def take(self, project: int, wishes: Sequence[Wish], now: int) -> list[Grant]:
        """Give for each wish how much of it was taken.

        Args:
            project: its id.
            wishes: asked one after the other, in one round trip.
            now: seconds since 1970, which tell the window.

        """
        keys: dict[str, int] = {}
        words: list[int] = []
        for quantity, allowances, least in wishes:
            words += (quantity, least, len(allowances))
            for allowance in allowances:
                key = self._key(project, allowance.name, now // allowance.seconds)
                place = keys.setdefault(key, len(keys) + 1)
                words += (place, allowance.limit, 2 * allowance.seconds + allowance.keep_seconds)
        answers: list[tuple[int, int, int]] = await self._take(list(keys), words)
        return [
            Grant(taken, wish.allowances[short - 1] if short else None, room)
            for wish, (taken, short, room) in zip(wishes, answers, strict=True)
        ]

    async def used(self, project: int, allowance: Allowance, windows: range) -> list[int | None]:
        """Give how much was used in each window; None where nothing was counted."""
        counts = await self._redis.mget([self._key(project, allowance.name, window) for window in windows])
        return [None if count is None else int(count) for count in counts]

    def _key(self, project: int, name: str, window: int) -> str:
        return f"{self._prefix}{{limits:{project}}}:{name}:{window}"
