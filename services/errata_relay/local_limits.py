"""What Redis does for limits, in this process alone: for as long as Redis is away."""

from collections.abc import Sequence
from typing import NamedTuple

from errata.config.limits import Allowance
from errata.stores.redis.limits import Grant, Wish

# Counts of windows that are over are looked for when so many have gathered.
_MANY = 10_000


class _Count(NamedTuple):
    until: int
    """When its window ends, in seconds since 1970."""
    used: int


class LocalAllowances:
    """Counts in memory; a relay alone lets in at most what all of them together should."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, str], _Count] = {}
        self._many = _MANY

    def take(self, project: int, wishes: Sequence[Wish], now: int) -> list[Grant]:
        """Give for each wish how much of it was taken, as `Allowances.take` does."""
        if len(self._counts) > self._many:
            self._counts = {place: count for place, count in self._counts.items() if count.until > now}
            self._many = max(_MANY, 2 * len(self._counts))
        return [self._take(project, wish, now) for wish in wishes]

    def _take(self, project: int, wish: Wish, now: int) -> Grant:
        room, short = wish.quantity, None
        for allowance in wish.allowances:
            left = max(allowance.limit - self._used(project, allowance, now), 0)
            if left < room:
                room, short = left, allowance
        taken = room if room >= wish.least else 0
        for allowance in wish.allowances:
            used = self._used(project, allowance, now) + taken
            self._counts[project, allowance.name] = _Count(allowance.window_end(now), used)
        return Grant(taken, short, room - taken)

    def _used(self, project: int, allowance: Allowance, now: int) -> int:
        count = self._counts.get((project, allowance.name))
        return count.used if count is not None and count.until > now else 0
