"""What a project usually sends, which protection from spikes is measured by: the mean of the last week's hours."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from errata.config.limits import NO_LIMIT, Allowance, SpikeProtection
from errata.contracts.categories import ERROR
from errata.contracts.outcomes import Reason
from errata.stores.redis.limits import Allowances, Wish

_MINUTE, _HOUR = 60, 3600
_WEEK_HOURS = 168

USAGE = Allowance("usage", NO_LIMIT, _HOUR, Reason.SPIKE, (ERROR,), "project", keep_seconds=_WEEK_HOURS * _HOUR)
"""Counts what was taken in each hour of the last week."""


class _Usual(NamedTuple):
    at: int
    """The minute in which it was found."""
    items_per_minute: float


class UsualRates:
    """The usual rate of each project, found again once a minute; 0 until the first answer."""

    def __init__(self, shared: Allowances) -> None:
        self._shared = shared
        self._known: dict[int, _Usual] = {}

    def allowances(self, project: int, settings: SpikeProtection) -> Iterator[Allowance]:
        """Give the limit on errors a minute, and what counts the usual rate that it is made of."""
        usual = self._known.get(project, _Usual(0, 0)).items_per_minute
        limit = max(settings.at_least, int(settings.factor * usual))
        yield Allowance("spike", limit, _MINUTE, Reason.SPIKE, (ERROR,), "project")
        yield USAGE

    async def learn(self, project: int, wishes: Sequence[Wish], now: int) -> None:
        """Find a project's usual rate, as far back as it has sent errors, where these wishes are measured by it.

        Raises:
            RedisError: Redis is away.

        """
        known = self._known.get(project)
        if (known is not None and known.at == now // _MINUTE) or not any(USAGE in wish.allowances for wish in wishes):
            return
        this_hour = now // _HOUR
        counts = await self._shared.used(project, USAGE, range(this_hour - _WEEK_HOURS, this_hour))
        self._known[project] = _Usual(now // _MINUTE, mean_per_minute(counts))


def mean_per_minute(hours: Sequence[int | None]) -> float:
    """Give the mean over hours since the first in which something was counted; an hour without a count is 0."""
    first = next((at for at, count in enumerate(hours) if count is not None), len(hours))
    counted = hours[first:]
    return sum(count or 0 for count in counted) / len(counted) / 60 if counted else 0.0
