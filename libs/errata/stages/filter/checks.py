"""What a filter is, and the part of an event that most filters look at."""

from collections.abc import Callable
from typing import TypeAlias

from errata.config.filters import FilterSettings
from errata.stages.stage import Context, Event

Check: TypeAlias = Callable[[Event, Context], bool]
"""Tells whether an event is to be dropped. Takes canonical events, never raises, in time linear in what it looks at."""

BuildCheck: TypeAlias = Callable[[FilterSettings], Check | None]
"""Makes the check that a project's settings ask for, with everything compiled; None where they ask for none."""

REMEMBERED = 4096
"""Answers kept of patterns over names that recur (releases, routes, files, user agents), each a microsecond or more."""


def raised_exception(event: Event) -> Event | None:
    """Give the exception that was raised, which is the last; None when there is none.

    A cause is not what was raised: ignoring `KeyError` must not hide an `ImportError` that followed from one.
    """
    exception = event.get("exception")
    values = exception.get("values") if isinstance(exception, dict) else None
    if isinstance(values, list):
        for value in reversed(values):
            if isinstance(value, dict):
                return value
    return None
