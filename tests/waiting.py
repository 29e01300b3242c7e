"""Asking again and again until an answer will do: the one way in which tests wait for what other processes do."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

AnswerT = TypeVar("AnswerT")


async def eventually(
    ask: Callable[[], Awaitable[AnswerT] | AnswerT],
    until: Callable[[AnswerT], bool] = bool,
    seconds: float = 20,
    *,
    every: float = 0.1,
) -> AnswerT:
    """Give the first answer that will do; after so many seconds, the last one, for an assertion to show."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if inspect.isawaitable(answer):
            answer = await answer
        if until(answer) or time.monotonic() > end:
            return answer
        await asyncio.sleep(every)
