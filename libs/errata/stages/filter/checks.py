"""What a filter is."""

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
