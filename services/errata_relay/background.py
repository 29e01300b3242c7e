"""What runs beside the requests and never ends by itself: when a part of it does, the relay stops."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from errata.runtime import logging
from errata.runtime.signals import first_of

_log = logging.get(__name__)


class Background:
    """Tasks that are watched."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin with one more."""
        self._tasks.append(asyncio.create_task(work))

    async def wait(self, stop: asyncio.Event) -> BaseException | None:
        """Return when the relay shall stop: None when it was asked to, otherwise what ended a part of it."""
        await first_of(stop, *self._tasks)
        failed = None
        for task in filter(asyncio.Task.done, self._tasks):
            failed = task.exception()
            _log.error("a part of the relay failed", exc_info=failed)
        return failed

    async def stop(self) -> None:
        """End all of it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
