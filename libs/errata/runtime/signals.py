"""Stopping on SIGINT and SIGTERM, cleanly, once; and how a service waits for that beside its work."""

import asyncio
import signal
from collections.abc import Awaitable
from typing import Any, TypeVar

T = TypeVar("T")


def stop_event() -> asyncio.Event:
    """Give an event of the running loop that is set when the process is asked to stop.

    A second signal ends the process at once, for a person who does not want to wait.
    """
    event = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(number: int) -> None:
        event.set()
        loop.remove_signal_handler(number)
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask, number)
    return event


async def first_of(event: asyncio.Event, *others: asyncio.Future[Any], seconds: float | None = None) -> bool:
    """Wait for an event, the end of any other work, or the end of the time; give whether the event is set.

    The other work goes on: it is neither cancelled, nor is its error raised.
    """
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait((waiting, *others), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    return event.is_set()


async def unless_stopped(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """Give what the work gives, raise what it raises; when the event is set before, cancel it and give None."""
    task = asyncio.ensure_future(work)
    try:
        await first_of(stop, task)
        return task.result() if task.done() else None
    finally:
        task.cancel()
