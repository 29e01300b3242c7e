"""The parts of an event that several stages read: exceptions, threads, frames, message.

Nothing here raises: what is not what its name says is passed over, so that a stage can be run on any event.
"""

from typing import Any

from errata.stages.stage import Event


def exceptions(event: Event) -> list[Event]:
    """Give the exceptions, the oldest cause first, the one that was raised last."""
    return _objects(event.get("exception"), "values")


def raised_exception(event: Event) -> Event | None:
    """Give the exception that was raised, which is the last; None when there is none.

    A cause is not what was raised: ignoring `KeyError` must not hide an `ImportError` that followed from one.
    """
    found = exceptions(event)
    return found[-1] if found else None


def threads(event: Event) -> list[Event]:
    """Give the threads in the client's order."""
    return _objects(event.get("threads"), "values")


def stack_holders(event: Event) -> list[Event]:
    """Give what holds a stack trace with frames: the event, its exceptions, the raised one first, its threads."""
    holders = [event, *reversed(exceptions(event)), *threads(event)]
    return [holder for holder in holders if frames(holder)]


def frames(holder: Event, key: str = "stacktrace") -> list[Event]:
    """Give the frames of an exception, a thread or the event itself, the oldest call first."""
    return _objects(holder.get(key), "frames")


def images(event: Event) -> list[Event]:
    """Give the debug images: the binaries and built files that frames come from."""
    return _objects(event.get("debug_meta"), "images")


def message(event: Event) -> str:
    """Give the message as people read it: with its parameters filled in where that is known."""
    entry = event.get("logentry")
    return (text(entry.get("formatted")) or text(entry.get("message"))) if isinstance(entry, dict) else ""


def text(value: Any) -> str:
    """Give the value when it is text, empty text when it is anything else."""
    return value if isinstance(value, str) else ""


def _objects(interface: Any, key: str) -> list[Event]:
    items = interface.get(key) if isinstance(interface, dict) else None
    return [item for item in items if item.__class__ is dict] if isinstance(items, list) else []
