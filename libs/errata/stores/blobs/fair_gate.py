"""A bound on what is done at a time, at which projects take turns: the many wishes of one wait behind each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class FairGate:
    """A semaphore with a queue for each project before it.

    As many of a project's wishes as there is room for stand at the semaphore, which serves in the order of arrival:
    another project's wish comes next after those, however many more the first one has.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._gate = asyncio.Semaphore(at_once)
        self._queues: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, project: int) -> AsyncIterator[None]:
        """Hold a place from here to the end of the block."""
        queue = self._queues.setdefault(project, asyncio.Semaphore(self._at_once))
        async with queue, self._gate:
            yield
