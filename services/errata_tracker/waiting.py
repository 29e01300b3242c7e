"""While a store cannot serve an owner: say so, wait, try again. What waiting does not fix ends the process."""

import asyncio

from redis.exceptions import RedisError

from errata.runtime import logging
from errata.runtime.health import Health
from errata.stores.redis.trouble import trouble
from errata_tracker.recall import StateAwayError

log = logging.get(__name__)

_SECONDS = 0.5
_MOST_SECONDS = 4.0
"""Each try reads a batch again; a Redis that is full may be so for long."""


class Waiting:
    """What one owner waits for, as its process's health and log tell it."""

    def __init__(self, partition: int, health: Health) -> None:
        self._partition = partition
        self._health = health
        self._part = f"partition-{partition}"
        self._seconds = _SECONDS
        self._why = ""

    def begin(self) -> None:
        """Say that the partition is not there yet."""
        self._health.missing(self._part)

    def over(self) -> None:
        """Say that the partition is served."""
        self._seconds = _SECONDS
        self._say("")
        self._health.present(self._part)

    async def wait(self, error: RedisError | StateAwayError) -> None:
        """Return when to try again; raises the error when it is nothing to wait for."""
        why = "clickhouse-away" if isinstance(error, StateAwayError) else _of_redis(error)
        if not why:
            raise error
        if why != self._why:
            log.warning("waiting for a store", partition=self._partition, why=why, exc_info=error)
        self._say(why)
        self._health.missing(self._part)
        await asyncio.sleep(self._seconds)
        self._seconds = min(2 * self._seconds, _MOST_SECONDS)

    def _say(self, why: str) -> None:
        if self._why and self._why != why:
            self._health.impaired(f"{self._part}: {self._why}", now=False)
        if why:
            self._health.impaired(f"{self._part}: {why}")
        self._why = why


def _of_redis(error: RedisError) -> str:
    why = trouble(error)
    return f"redis-{why}" if why else ""
