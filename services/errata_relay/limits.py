"""What a project may still send: which of its limits concern an item, and how many of a request's items have room."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from errata.config.limits import Allowance, allowances
from errata.config.model import ClientKey, Project
from errata.contracts.times import SECOND, Clock
from errata.stores.redis.limits import Allowances, Grant, Wish
from errata_relay.items import Kept
from errata_relay.refusals import Refused
from errata_relay.shared_limits import SharedLimits
from errata_relay.used_up import UsedUp, refusal
from errata_relay.usual_rates import UsualRates


class Division(NamedTuple):
    """A request's items, each in one of the two."""

    within: list[Kept]
    refused: list[tuple[Kept, Refused]]


class Limits:
    """Who may still come in."""

    def __init__(self, shared: Allowances, clock: Clock) -> None:
        self._usual = UsualRates(shared)
        self._shared = SharedLimits(shared, self._usual, clock)
        self._used_up = UsedUp()
        self._clock = clock

    def used_up(self, project: Project, key: ClientKey, category: str) -> Refused | None:
        """Give why a request need not be read.

        Args:
            project: whose it is.
            key: the key that it came with.
            category: that of all of its items; empty when they are not known yet, so that only limits on all
                categories can refuse it.

        """
        return self._used_up.first_of(project, key, self._concerning(project, key, category), self._now())

    async def divide(self, project: Project, key: ClientKey, items: Sequence[Kept]) -> Division:
        """Count in what there is room for, the first of each category, and give why the others have none."""
        by_category: dict[str, list[Kept]] = {}
        for item in items:
            by_category.setdefault(item.category, []).append(item)
        now = self._now()
        division = Division([], [])
        asked: list[tuple[list[Kept], Wish]] = []
        for category, alike in by_category.items():
            concerning = tuple(self._concerning(project, key, category))
            if not concerning:
                division.within.extend(alike)
            elif refused := self._used_up.first_of(project, key, concerning, now):
                division.refused.extend((item, refused) for item in alike)
            else:
                sizes = [item.quantity for item in alike]
                asked.append((alike, Wish(sum(sizes), concerning, least=min(sizes))))
        if asked:
            grants = await self._shared.take(project.id, [wish for _, wish in asked])
            for (alike, _), grant in zip(asked, grants, strict=True):
                if grant.short is not None and grant.room == 0:
                    self._used_up.remember(project, key, grant.short, now)
                _divide(alike, grant, now, division)
        return division

    def _concerning(self, project: Project, key: ClientKey, category: str) -> Iterator[Allowance]:
        for allowance in self._allowances(project, key):
            if not allowance.categories or category in allowance.categories:
                yield allowance

    def _allowances(self, project: Project, key: ClientKey) -> Iterator[Allowance]:
        settings = project.limits
        if key.rates or key.quotas:
            yield from allowances("key", f"key:{key.id}", key.rates, key.quotas)
        if settings.rates or settings.quotas:
            yield from allowances("project", "project", settings.rates, settings.quotas)
        if settings.spikes is not None:
            yield from self._usual.allowances(project.id, settings.spikes)

    def _now(self) -> int:
        return self._clock() // SECOND


def _divide(alike: Sequence[Kept], grant: Grant, now: int, division: Division) -> None:
    """Share out what was granted to items of a category, in their order."""
    if grant.short is None:
        division.within.extend(alike)
        return
    refused, left = refusal(grant.short, now), grant.taken
    for item in alike:
        if item.quantity <= left:
            left -= item.quantity
            division.within.append(item)
        else:
            division.refused.append((item, refused))
