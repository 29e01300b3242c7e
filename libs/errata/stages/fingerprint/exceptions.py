"""The exceptions of an event, with the stack of each: oldest cause first, the raised one last."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from errata.stages.event_parts import exceptions, frames, threads
from errata.stages.fingerprint.texts import text_of

MOST_EXCEPTIONS = 50
"""Exceptions that are looked at; of a longer chain those nearest to the raised one."""

MOST_THREADS = 1_000

MOST_FRAMES = 256
"""Frames that are looked at; of a longer stack the 64 oldest and the 192 nearest to the crash."""

MOST_FRAMES_IN_ALL = 1_024
"""Frames of all exceptions together; once they are used up, causes further from the raised one stand without theirs."""

_OLDEST = 64


class Thrown(msgspec.Struct, gc=False):
    """One exception, or a bare stack, as grouping sees it."""

    type: str = ""
    value: str = ""
    frames: list[dict[str, Any]] = []
    mechanism: dict[str, Any] = {}
    synthetic: bool = False
    """The client made the type up, for a message or a crash without one: it says nothing."""


def exceptions_of(event: dict[str, Any]) -> list[Thrown]:
    """Give the exceptions; what is no exception in the list is left out."""
    found: list[Thrown] = []
    left = MOST_FRAMES_IN_ALL
    for value in reversed(exceptions(event)[-MOST_EXCEPTIONS:]):
        mechanism = value.get("mechanism")
        if not isinstance(mechanism, dict):
            mechanism = {}
        stack = frames_of(value) if left > 0 else []
        left -= len(stack)
        found.append(
            Thrown(
                text_of(value.get("type")),
                text_of(value.get("value")),
                stack,
                mechanism,
                mechanism.get("synthetic") is True,
            )
        )
    return found[::-1]


def bare_stack(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the frames of an event that has no exception with frames: its own stack, or that of the thread in question.

    The thread that crashed, else the current one, else `main`, else the only one.
    """
    return frames_of(event) or _first_stack(_by_interest(threads(event)[:MOST_THREADS]))


def crashed_stack(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the frames of the thread that crashed; native clients leave them there and not on the exception."""
    return _first_stack(thread for thread in threads(event)[:MOST_THREADS] if thread.get("crashed") is True)


def _first_stack(candidates: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return next((stack for thread in candidates if (stack := frames_of(thread))), [])


def _by_interest(candidates: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for test in ("crashed", "current", "main"):
        yield from (thread for thread in candidates if thread.get(test) is True)
    yield from (thread for thread in candidates if thread.get("name") == "main")
    if len(candidates) == 1:
        yield candidates[0]


def frames_of(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the frames under `stacktrace`, oldest first, at most `MOST_FRAMES`."""
    stack = frames(holder)
    return stack if len(stack) <= MOST_FRAMES else stack[:_OLDEST] + stack[_OLDEST - MOST_FRAMES :]
