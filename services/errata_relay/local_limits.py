"""What Redis does for limits, in this process alone: for as long as Redis is away."""

from collections.abc import Sequence

from errata.config.limits import Allowance
from errata.stores.redis.limits import Wish

# Counts of windows that are over are looked for when so many have gathered.
_MANY = 10_000


class LocalAllowances:
    """Counts in memory; a relay alone lets in at most what all of them together should."""

    def __init__(self) -> None:
        self._used: dict[tuple[int, str], tuple[int, int]] = {}

    def take(self, project: int, wishes: Sequence[Wish], now: int) -> list[Allowance | None]:
        """Give for each wish the allowance that has no room for it, or None where it is counted now."""
        return [self._take(project, wish, now) for wish in wishes]

    def _take(self, project: int, wish: Wish, now: int) -> Allowance | None:
        used = {allowance: self._count(project, allowance, now) + wish.quantity for allowance in wish.allowances}
        for allowance, quantity in used.items():
            if quantity > allowance.limit:
                return allowance
        for allowance, quantity in used.items():
            self._used[project, allowance.name] = (now // allowance.seconds, quantity)
        if len(self._used) > _MANY:  # names that no configuration has any more
            self._used.clear()
        return None

    def _count(self, project: int, allowance: Allowance, now: int) -> int:
        window, count = self._used.get((project, allowance.name), (0, 0))
        return count if window == now // allowance.seconds else 0
