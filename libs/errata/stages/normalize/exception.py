"""Exceptions: a list from the oldest cause to the one that was raised, each with type, value, stack and mechanism."""

import re

from errata.stages.event_parts import text
from errata.stages.normalize import mechanism, rules, stacktrace, values
from errata.stages.normalize.browser_messages import PLATFORMS, in_english
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import close_values, open_values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.threads import thread_id
from errata.stages.stage import Event

MAX_EXCEPTIONS = 50

_FIELDS = Fields(
    {
        "type": rules.Text(values.NAME),
        "value": rules.AsJson(values.MESSAGE),
        "module": rules.Text(values.NAME),
        "thread_id": thread_id,
        "mechanism": rules.as_is,
        "stacktrace": rules.as_is,
        "raw_stacktrace": rules.as_is,
    }
)

_TYPE_IN_VALUE = re.compile(r"(\w{1,128}):(?!//)(.*)")
"""`ValueError: unauthorized`, where a client put the type into the value; no address, and only one line."""


def clean(event: Event, notes: Notes) -> None:
    """Bring the exceptions into form; one with neither type nor value is removed."""
    exceptions = open_values(event, "exception", MAX_EXCEPTIONS, notes)
    if len(exceptions) == 1 and exceptions[0] is not None and "stacktrace" in event:
        _take_stack(exceptions[0], event)
    outer: Place = ((None, "exception"), "values")
    for index, exception in enumerate(exceptions):
        if exception is not None and not _one(exception, event, (outer, index), notes):
            exceptions[index] = None
    close_values(event, "exception")


def _take_stack(exception: Event, event: Event) -> None:
    """Old clients send the stack of the only exception beside it."""
    for name in ("stacktrace", stacktrace.OLD_NAME):
        if exception.get(name):
            return
    exception["stacktrace"] = event.pop("stacktrace")


def _one(exception: Event, event: Event, place: Place, notes: Notes) -> bool:
    """Bring one exception into form; give False when it says nothing."""
    if not text(exception.get("type")) and exception.get("value") in (None, ""):
        notes.missing(place)
        return False
    if stacktrace.OLD_NAME in exception:
        stacktrace.take_old_name(exception)
    _FIELDS.clean(exception, place, notes)
    if "mechanism" in exception:
        mechanism.clean(exception, event, place, notes)
    if "value" in exception:
        if "type" not in exception and not (exception.get("mechanism") or {}).get("synthetic"):
            _split_type(exception)
        if event["platform"] in PLATFORMS:
            exception["value"] = in_english(exception["value"])
    for key in ("stacktrace", "raw_stacktrace"):
        if key in exception:
            stacktrace.clean(exception, key, event["platform"], place, notes)
    return True


def _split_type(exception: Event) -> None:
    if match := _TYPE_IN_VALUE.fullmatch(exception["value"]):
        exception["type"], exception["value"] = match[1], match[2].strip()
