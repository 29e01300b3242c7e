"""Drops by the type of the raised exception, bare or with its module."""

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import Check, raised_exception
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context, Event


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `ignore_types`."""
    if not settings.ignore_types:
        return None
    # Type names are code: `error` is not `Error`.
    globs = GlobSet(settings.ignore_types, ignore_case=False)

    def check(event: Event, _context: Context) -> bool:
        exception = raised_exception(event)
        if exception is None:
            return False
        name, module = exception.get("type"), exception.get("module")
        if not isinstance(name, str):
            return False
        return globs.matches(name) or (isinstance(module, str) and module != "" and globs.matches(f"{module}.{name}"))

    return check
