"""What a project may still send: counted in Redis with all other relays, or here alone while Redis is away.

A refusal is remembered until its window ends, so that a client that goes on costs a look into a dictionary. Requests
of a project that come while Redis is being asked are asked about together, in the next round trip.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from redis.exceptions import RedisError

from errata.config.limits import NO_LIMIT, Allowance, LimitSettings, allowances
from errata.config.model import ClientKey, Project
from errata.contracts.outcomes import Reason
from errata.contracts.times import SECOND, Clock
from errata.protocols.categories import ERROR
from errata.runtime import logging
from errata.runtime.metrics import RELAY_LIMITS_LOCAL
from errata.stores.redis.limits import Allowances, Wish
from errata_relay.local_limits import LocalAllowances
from errata_relay.refusals import Refused

# While Redis is away it is tried again this often; in between nobody waits for it.
_RETRY_SECONDS = 5
_HOUR = 3600
_WEEK_HOURS = 168
_MINUTE = 60

_log = logging.get(__name__)


class Remembered(NamedTuple):
    """A refusal that holds until its window ends."""

    until: int
    """Seconds since 1970."""
    allowance: Allowance


class _Question(NamedTuple):
    wishes: Sequence[Wish]
    answer: "asyncio.Future[list[Allowance | None]]"


class _Usual(NamedTuple):
    at: int
    """The minute in which it was found."""
    items_per_minute: float


class Limits:
    """Who may still come in."""

    def __init__(self, shared: Allowances, clock: Clock) -> None:
        self._shared = shared
        self._local = LocalAllowances()
        self._clock = clock
        self._away_until = 0
        self._refused: dict[tuple[int, str, str], Remembered] = {}
        self._questions: dict[int, list[_Question]] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}
        self._usual: dict[int, _Usual] = {}

    def concern(self, project: Project, key: ClientKey) -> bool:
        """Say whether anything is limited at all."""
        settings = project.limits
        return bool(key.rates or settings.rates or settings.quotas or settings.spikes)

    def remembered(self, project: Project, key: ClientKey, category: str) -> Refused | None:
        """Give why a request need not be read.

        Args:
            project: whose it is.
            key: the key that it came with.
            category: that of all of its items; empty when they are not known yet, so that only limits on all
                categories can refuse it.

        """
        if not self._refused:
            return None
        now = self._now()
        for allowance in self._allowances(project, key):
            if not allowance.categories or category in allowance.categories:
                refused = self._remembered(project, key, allowance, now)
                if refused is not None:
                    return refused
        return None

    async def take(self, project: Project, key: ClientKey, wanted: Mapping[str, int]) -> dict[str, Refused]:
        """Count items of each category in; give the refusal of each category that has no room."""
        found = tuple(self._allowances(project, key))
        if not found:
            return {}
        now = self._now()
        refused: dict[str, Refused] = {}
        wishes: dict[str, Wish] = {}
        for category, quantity in wanted.items():
            meant = tuple(one for one in found if not one.categories or category in one.categories)
            known = (self._remembered(project, key, one, now) for one in meant)
            if reason := next(filter(None, known), None):
                refused[category] = reason
            elif meant:
                wishes[category] = Wish(quantity, meant)
        if wishes:
            full = await self._ask(project.id, list(wishes.values()))
            for category, allowance in zip(wishes, full, strict=True):
                if allowance is not None:
                    refused[category] = self._remember(project, key, allowance, now)
        return refused

    def _allowances(self, project: Project, key: ClientKey) -> Iterator[Allowance]:
        settings = project.limits
        if key.rates:
            yield from allowances("key", f"key:{key.id}", key.rates)
        if settings.rates or settings.quotas:
            yield from allowances("project", "project", settings.rates, settings.quotas)
        if settings.spikes is not None:
            yield from self._against_spikes(project.id, settings)

    def _against_spikes(self, project: int, settings: LimitSettings) -> Iterator[Allowance]:
        """Give the limit on errors a minute, and what counts the usual rate that it is made of."""
        assert settings.spikes is not None
        usual = self._usual.get(project, _Usual(0, 0))
        limit = max(settings.spikes.at_least, int(settings.spikes.factor * usual.items_per_minute))
        yield Allowance("spike", limit, _MINUTE, Reason.SPIKE, (ERROR,), "project")
        yield _USAGE

    def _remembered(self, project: Project, key: ClientKey, allowance: Allowance, now: int) -> Refused | None:
        remembered = self._refused.get(_place(project, key, allowance))
        if remembered is None or remembered.until <= now or remembered.allowance != allowance:
            return None
        return _refusal(allowance, remembered.until - now)

    def _remember(self, project: Project, key: ClientKey, allowance: Allowance, now: int) -> Refused:
        until = (now // allowance.seconds + 1) * allowance.seconds
        self._refused[_place(project, key, allowance)] = Remembered(until, allowance)
        return _refusal(allowance, until - now)

    async def _ask(self, project: int, wishes: Sequence[Wish]) -> list[Allowance | None]:
        answer: asyncio.Future[list[Allowance | None]] = asyncio.get_running_loop().create_future()
        self._questions.setdefault(project, []).append(_Question(wishes, answer))
        if project not in self._asking:
            self._asking[project] = asyncio.create_task(self._answer(project))
        return await answer

    async def _answer(self, project: int) -> None:
        """Answer what is asked about a project, all that has come together at once, until nothing is left."""
        try:
            while questions := self._questions.pop(project, None):
                wishes = [wish for question in questions for wish in question.wishes]
                answers = iter(await self._take(project, wishes))
                for question in questions:
                    answer = [next(answers) for _ in question.wishes]
                    if not question.answer.done():
                        question.answer.set_result(answer)
        finally:
            del self._asking[project]

    async def _take(self, project: int, wishes: Sequence[Wish]) -> list[Allowance | None]:
        now = self._now()
        if now >= self._away_until:
            try:
                if any(_USAGE in wish.allowances for wish in wishes):
                    await self._learn_usual(project, now)
                answers = await self._shared.take(project, wishes, now)
            except RedisError as error:  # away, full or loading: limits never cost an event
                if not self._away_until:
                    _log.warning("redis is away: each relay counts limits alone", error_class=type(error).__name__)
                self._away_until = now + _RETRY_SECONDS
            else:
                if self._away_until:
                    _log.info("redis is back: limits are shared again")
                self._away_until = 0
                RELAY_LIMITS_LOCAL.set(0)
                return answers
        RELAY_LIMITS_LOCAL.set(1)
        return self._local.take(project, wishes, now)

    async def _learn_usual(self, project: int, now: int) -> None:
        """Find a project's usual rate, once a minute: the mean of the last week's hours since it began to send."""
        known = self._usual.get(project)
        if known is not None and known.at == now // _MINUTE:
            return
        this_hour = now // _HOUR
        counts = await self._shared.used(project, _USAGE, range(this_hour - _WEEK_HOURS, this_hour))
        first = next((at for at, count in enumerate(counts) if count is not None), len(counts))
        hours = counts[first:]
        mean = sum(count or 0 for count in hours) / len(hours) / 60 if hours else 0.0
        self._usual[project] = _Usual(now // _MINUTE, mean)

    def _now(self) -> int:
        return self._clock() // SECOND


_USAGE = Allowance("usage", NO_LIMIT, _HOUR, Reason.SPIKE, (ERROR,), "project", keep_seconds=_WEEK_HOURS * _HOUR)
"""Counts what was taken in each hour of the last week."""


def _place(project: Project, key: ClientKey, allowance: Allowance) -> tuple[int, str, str]:
    return project.id, key.id if allowance.scope == "key" else "", allowance.name


def _refusal(allowance: Allowance, seconds: int) -> Refused:
    return Refused(allowance.reason, frozenset(allowance.categories), seconds=max(seconds, 1), scope=allowance.scope)
