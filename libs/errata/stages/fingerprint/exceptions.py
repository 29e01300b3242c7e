"""The exceptions of an event, with the stack of each: oldest cause first, the raised one last."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

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
    interface = event.get("exception")
    values = interface.get("values", [interface]) if isinstance(interface, dict) else interface
    if not isinstance(values, list):
        return []
    found: list[Thrown] = []
    left = MOST_FRAMES_IN_ALL
    for value in reversed(values[-MOST_EXCEPTIONS:]):
        if not isinstance(value, dict):
            continue
        mechanism = value.get("mechanism")
        if not isinstance(mechanism, dict):
            mechanism = {}
        frames = frames_of(value) if left > 0 else []
        left -= len(frames)
        found.append(
            Thrown(
                text_of(value.get("type")),
                text_of(value.get("value")),
                frames,
                mechanism,
                mechanism.get("synthetic") is True,
            )
        )
    return found[::-1]


def bare_stack(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the frames of an event that has no exception with frames: its own stack, or that of the thread in question.

    The thread that crashed, else the current one, else `main`, else the only one.
    """
    return frames_of(event) or _first_stack(_by_interest(_threads(event)))


def crashed_stack(event: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the frames of the thread that crashed; native clients leave them there and not on the exception."""
    return _first_stack(thread for thread in _threads(event) if thread.get("crashed") is True)


def _threads(event: dict[str, Any]) -> list[dict[str, Any]]:
    interface = event.get("threads")
    values = interface.get("values") if isinstance(interface, dict) else interface
    return [thread for thread in values[:MOST_THREADS] if isinstance(thread, dict)] if isinstance(values, list) else []


def _first_stack(threads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return next((frames for thread in threads if (frames := frames_of(thread))), [])


def _by_interest(threads: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for test in ("crashed", "current", "main"):
        yield from (thread for thread in threads if thread.get(test) is True)
    yield from (thread for thread in threads if thread.get("name") == "main")
    if len(threads) == 1:
        yield threads[0]


def frames_of(holder: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the frames under `stacktrace`, oldest first, at most `MOST_FRAMES`."""
    stacktrace = holder.get("stacktrace")
    frames = stacktrace.get("frames") if isinstance(stacktrace, dict) else None
    if not isinstance(frames, list) or not frames:
        return []
    if len(frames) > MOST_FRAMES:
        frames = frames[:_OLDEST] + frames[_OLDEST - MOST_FRAMES :]
    return [frame for frame in frames if type(frame) is dict]
