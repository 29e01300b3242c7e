"""Drops by the type of the raised exception, bare or with its module."""

from functools import lru_cache

from errata.config.filters import FilterSettings
from errata.stages.event_parts import raised_exception
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context, Event


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `ignore_types`."""
    if not settings.ignore_types:
        return None
    # Type names are code: `error` is not `Error`.
    ignored = lru_cache(REMEMBERED)(GlobSet(settings.ignore_types, ignore_case=False).matches)

    def check(event: Event, _context: Context) -> bool:
        exception = raised_exception(event)
        if exception is None:
            return False
        name, module = exception.get("type"), exception.get("module")
        if not isinstance(name, str):
            return False
        return ignored(name) or (isinstance(module, str) and module != "" and ignored(f"{module}.{name}"))

    return check
