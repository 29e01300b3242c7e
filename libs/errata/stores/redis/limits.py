"""How much of each allowance is used, in Redis: shared by all relays, asked and counted in one step.

A count lives under the number of its window and vanishes by itself. Everything of a project lies in one hash slot. A
script whose answer was lost is sent again and then counts twice: limits may bite a little early, never late.
"""

from collections.abc import Sequence
from typing import NamedTuple

from redis.asyncio import Redis

from errata.config.limits import Allowance


class Wish(NamedTuple):
    """Items that want to come in; each allowance must have room for all of them."""

    quantity: int
    allowances: tuple[Allowance, ...]


# For each wish: is there room everywhere? Only then is it counted, everywhere.
_TAKE = """
local answers, at = {}, 1
while at <= #ARGV do
  local quantity, last = tonumber(ARGV[at]), at + 3 * tonumber(ARGV[at + 1])
  local refused = 0
  for a = at + 2, last, 3 do
    local used = tonumber(redis.call('GET', KEYS[tonumber(ARGV[a])]) or '0')
    if used + quantity > tonumber(ARGV[a + 1]) then
      refused = (a - at + 1) / 3
      break
    end
  end
  if refused == 0 then
    for a = at + 2, last, 3 do
      local key = KEYS[tonumber(ARGV[a])]
      if redis.call('INCRBY', key, quantity) == quantity then redis.call('EXPIRE', key, ARGV[a + 2]) end
    end
  end
  answers[#answers + 1] = refused
  at = last + 2
end
return answers
"""


class Allowances:
    """The counts of all projects."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._take = redis.register_script(_TAKE)

    async def take(self, project: int, wishes: Sequence[Wish], now: int) -> list[Allowance | None]:
        """Give for each wish the allowance that has no room for it, or None where it is counted now.

        Args:
            project: its id.
            wishes: asked one after the other, in one round trip.
            now: seconds since 1970, which tell the window.

        """
        keys: dict[str, int] = {}
        words: list[int] = []
        for quantity, allowances in wishes:
            words += (quantity, len(allowances))
            for allowance in allowances:
                key = self._key(project, allowance.name, now // allowance.seconds)
                place = keys.setdefault(key, len(keys) + 1)
                words += (place, allowance.limit, 2 * allowance.seconds + allowance.keep_seconds)
        answers: list[int] = await self._take(list(keys), words)
        return [wish.allowances[answer - 1] if answer else None for wish, answer in zip(wishes, answers, strict=True)]

    async def used(self, project: int, allowance: Allowance, windows: range) -> list[int | None]:
        """Give how much was used in each window; None where nothing was counted."""
        counts = await self._redis.mget([self._key(project, allowance.name, window) for window in windows])
        return [None if count is None else int(count) for count in counts]

    def _key(self, project: int, name: str, window: int) -> str:
        return f"{self._prefix}{{limits:{project}}}:{name}:{window}"
