"""Many operations on a store, a few at a time: enough for a bucket far away, few enough for its limits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from itertools import islice
from typing import TypeVar

ResultT = TypeVar("ResultT")


async def in_windows(operations: Iterable[Awaitable[ResultT]], at_once: int) -> AsyncIterator[ResultT]:
    """Yield the results in order; the next few operations begin when those before have ended."""
    remaining = iter(operations)
    while window := list(islice(remaining, at_once)):
        for result in await asyncio.gather(*window):
            yield result
