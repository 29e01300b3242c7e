"""Exceptions: a list from the oldest cause to the one that was raised, each with type, value, stack and mechanism."""

import re

from errata.stages.normalize import mechanism, stacktrace, values
from errata.stages.normalize.browser_messages import in_english
from errata.stages.normalize.lists import keep_values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event

MAX_EXCEPTIONS = 50

SINGLE = frozenset({"type", "value", "module", "stacktrace", "mechanism"})
"""Keys by which an exception outside a list is recognized, as old clients send it."""

_TYPE_IN_VALUE = re.compile(r"\s*([A-Za-z_]\w{0,127}(?:\.\w{1,128}){0,8}):\s*(\S.*)", re.DOTALL)
"""`ValueError: unauthorized`, where a client put the type into the value."""


def clean(event: Event, notes: Notes) -> None:
    """Bring the exceptions into form; one with neither type, value nor stack is removed."""
    exceptions = keep_values(event, "exception", SINGLE, MAX_EXCEPTIONS, notes)
    if not exceptions:
        return
    place: Place = ((None, "exception"), "values")
    platform = event["platform"]
    said = []
    for index, exception in enumerate(exceptions):
        _one(exception, platform, (place, index), event, notes)
        if exception.get("type") or exception.get("value") or exception.get("stacktrace") or len(exception) > 1:
            said.append(exception)
    if said:
        event["exception"]["values"] = said
    else:
        del event["exception"]


def _one(exception: Event, platform: str, place: Place, event: Event, notes: Notes) -> None:
    if isinstance(exception.get("value"), dict | list):
        exception["value"] = values.json_text(exception["value"])
    kind = values.keep_text(exception, "type", values.NAME, place, notes)
    value = values.keep_text(exception, "value", values.MESSAGE, place, notes)
    values.keep_text(exception, "module", values.NAME, place, notes)
    if "mechanism" in exception:
        mechanism.clean(exception, event, place, notes)
    if value and not kind and not (exception.get("mechanism") or {}).get("synthetic"):
        _split_type(exception, value)
    if value and platform == "javascript":
        exception["value"] = in_english(exception["value"])
    for key in ("stacktrace", "raw_stacktrace"):
        if key in exception:
            stacktrace.clean(exception, key, platform, place, notes)
    if "thread_id" in exception:
        keep_thread_id(exception, "thread_id", place, notes)
    values.drop_nulls(exception)


def _split_type(exception: Event, value: str) -> None:
    match = _TYPE_IN_VALUE.fullmatch(value)
    if match and "://" not in value[: match.end(1) + 3]:
        exception["type"], exception["value"] = match[1], match[2]


def keep_thread_id(holder: Event, key: str, place: Place, notes: Notes) -> None:
    """Make `holder[key]` the id of a thread: a number or a text."""
    value = holder[key]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return
    if isinstance(value, str):
        values.keep_text(holder, key, values.LINE, place, notes)
        return
    del holder[key]
    if value is not None:
        notes.invalid((place, key), value)
