"""Work that several want at the same time: done once, and to its end, whoever still waits for it."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

ResultT = TypeVar("ResultT")


class SharedWork(Generic[ResultT]):
    """Running tasks by what they find out. What is done is forgotten: whoever wants to remember it does so within."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[ResultT]] = {}

    def start(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, ResultT]]) -> "asyncio.Task[ResultT]":
        """Give the task for a key: the one that runs, else a new one. It is not the caller's to cancel."""
        task = self._running.get(key)
        if task is None:
            task = self._running[key] = asyncio.create_task(work())
            task.add_done_callback(lambda _: self._running.pop(key))
        return task

    async def done(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, ResultT]]) -> ResultT:
        """Give the result, or raise what the work raised; a caller that is cancelled leaves the work running."""
        return await asyncio.shield(self.start(key, work))
