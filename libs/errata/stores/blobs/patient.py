"""A store as lookups of a stream read it: no read for long, none at all while the store does not answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from obstore.exceptions import BaseError

from errata.runtime import logging
from errata.stores.blobs.connection import Blobs

# When so many reads in a row get no answer in time, it is the store that does not answer, not one of its blobs.
_UNANSWERED = 16

log = logging.get(__name__)


class AwayError(OSError):
    """The store did not answer a moment ago, and is left alone for a while."""


class PatientBlobs(Blobs):
    """Reads that end in time: with the blob, `TimeoutError`, `AwayError`, or what the store raised."""

    def __init__(self, blobs: Blobs, clock: Callable[[], float], timeout_seconds: float, retry_seconds: float) -> None:
        """Read from a store.

        Args:
            blobs: the store.
            clock: gives seconds that never go back.
            timeout_seconds: after which one read is given up; the others go on.
            retry_seconds: for which the store is left alone after it failed.

        """
        super().__init__(blobs.store)
        self._blobs = blobs
        self._clock = clock
        self._timeout = timeout_seconds
        self._retry = retry_seconds
        self._away_until = float("-inf")
        self._unanswered = 0

    async def get(self, key: str) -> bytes | None:
        """Give a blob's bytes, None when there is none."""
        async with self._watched():
            return await self._blobs.get(key)

    async def names(self, folder: str) -> list[str]:
        """Give the last parts of the keys that lie directly in a folder, in order."""
        async with self._watched():
            return await self._blobs.names(folder)

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        if self._clock() < self._away_until:
            raise AwayError("left alone after it failed")
        try:
            async with asyncio.timeout(self._timeout):
                yield
        except TimeoutError:
            self._unanswered += 1
            if self._unanswered >= _UNANSWERED:
                self._leave_alone("TimeoutError")
            raise
        except (BaseError, OSError) as error:
            self._leave_alone(type(error).__name__)
            raise
        self._unanswered = 0

    def _leave_alone(self, why: str) -> None:
        log.warning("uploads cannot be read", error=why)
        self._away_until = self._clock() + self._retry
        self._unanswered = 0
