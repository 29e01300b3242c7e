"""Asks Redis how much of a project's allowances is left, or counts here alone while Redis is away.

Requests of a project that come while Redis is being asked are asked about together, in the next round trip.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from redis.exceptions import RedisError

from errata.contracts.times import SECOND, Clock
from errata.runtime import logging
from errata.runtime.metrics import RELAY_LIMITS_LOCAL
from errata.stores.redis.limits import Allowances, Grant, Wish
from errata_relay.local_limits import LocalAllowances
from errata_relay.usual_rates import UsualRates

# While Redis is away it is tried again this often; in between nobody waits for it.
_RETRY_SECONDS = 5

_log = logging.get(__name__)


class _Question(NamedTuple):
    wishes: Sequence[Wish]
    answer: "asyncio.Future[list[Grant]]"


class SharedLimits:
    """The counts that all relays share. They are never a reason to refuse: what cannot be asked is counted here."""

    def __init__(self, shared: Allowances, usual: UsualRates, clock: Clock) -> None:
        self._shared = shared
        self._local = LocalAllowances()
        self._usual = usual
        self._clock = clock
        self._away_until = 0
        self._questions: dict[int, list[_Question]] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}

    async def take(self, project: int, wishes: Sequence[Wish]) -> list[Grant]:
        """Give for each wish how much of it was taken."""
        answer: asyncio.Future[list[Grant]] = asyncio.get_running_loop().create_future()
        self._questions.setdefault(project, []).append(_Question(wishes, answer))
        if project not in self._asking:
            self._asking[project] = asyncio.create_task(self._answer(project))
        return await answer

    async def _answer(self, project: int) -> None:
        """Answer what is asked about a project, all that has come together at once, until nothing is left."""
        try:
            while questions := self._questions.pop(project, None):
                wishes = [wish for question in questions for wish in question.wishes]
                grants = iter(await self._take(project, wishes))
                for question in questions:
                    answer = [next(grants) for _ in question.wishes]
                    if not question.answer.done():
                        question.answer.set_result(answer)
        finally:
            del self._asking[project]

    async def _take(self, project: int, wishes: Sequence[Wish]) -> list[Grant]:
        now = self._clock() // SECOND
        if now >= self._away_until:
            try:
                await self._usual.learn(project, wishes, now)
                grants = await self._shared.take(project, wishes, now)
            except RedisError as error:  # away, full or loading: limits never cost an event
                if not self._away_until:
                    _log.warning("redis is away: each relay counts limits alone", error_class=type(error).__name__)
                self._away_until = now + _RETRY_SECONDS
            except Exception:  # noqa: BLE001 - an answer that is none: whoever waits for it would wait for ever
                _log.exception("redis does not answer as it should: each relay counts limits alone")
                self._away_until = now + _RETRY_SECONDS
            else:
                if self._away_until:
                    _log.info("redis is back: limits are shared again")
                self._away_until = 0
                RELAY_LIMITS_LOCAL.set(0)
                return grants
        RELAY_LIMITS_LOCAL.set(1)
        return self._local.take(project, wishes, now)
