"""Threads: who ran what when it happened; the crashed one may carry the stack of the exception."""

from errata.stages.normalize import stacktrace, values
from errata.stages.normalize.exception import keep_thread_id
from errata.stages.normalize.lists import keep_values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event

MAX_THREADS = 256

SINGLE = frozenset({"id", "name", "crashed", "stacktrace"})


def clean(event: Event, notes: Notes) -> None:
    """Bring the threads into form; empty ones are removed."""
    threads = keep_values(event, "threads", SINGLE, MAX_THREADS, notes)
    if not threads:
        return
    outer: Place = ((None, "threads"), "values")
    for index, thread in enumerate(threads):
        place = (outer, index)
        if "id" in thread:
            keep_thread_id(thread, "id", place, notes)
        values.keep_text(thread, "name", values.NAME, place, notes)
        for key in ("crashed", "current", "main"):
            if key in thread:
                values.keep_flag(thread, key, place, notes)
        for key in ("stacktrace", "raw_stacktrace"):
            if key in thread:
                stacktrace.clean(thread, key, event["platform"], place, notes)
        values.drop_nulls(thread)
    said = [thread for thread in threads if thread]
    if said:
        event["threads"]["values"] = said
    else:
        del event["threads"]
