"""Threads: who ran what when it happened; the crashed one may carry the stack of the exception."""

from typing import Any

from errata.stages.normalize import rules, stacktrace, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import close_values, open_values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event

MAX_THREADS = 256

_ID_AS_TEXT = rules.Text(values.LINE)


def thread_id(value: Any, place: Place, notes: Notes) -> Any:
    """Keep the id of a thread: a number or a text."""
    return value if value.__class__ is int and value >= 0 else _ID_AS_TEXT(value, place, notes)


_FIELDS = Fields(
    {
        "id": thread_id,
        "name": rules.Text(values.NAME),
        "crashed": rules.flag,
        "current": rules.flag,
        "main": rules.flag,
        "state": rules.Text(values.LINE),
        "stacktrace": rules.as_is,
        "raw_stacktrace": rules.as_is,
    }
)


def clean(event: Event, notes: Notes) -> None:
    """Bring the threads into form; empty ones are removed."""
    outer: Place = ((None, "threads"), "values")
    for index, thread in enumerate(open_values(event, "threads", MAX_THREADS, notes)):
        if thread is None:
            continue
        place = (outer, index)
        if stacktrace.OLD_NAME in thread:
            stacktrace.take_old_name(thread)
        _FIELDS.clean(thread, place, notes)
        for key in ("stacktrace", "raw_stacktrace"):
            if key in thread:
                stacktrace.clean(thread, key, event["platform"], place, notes)
    close_values(event, "threads")
