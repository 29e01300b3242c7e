"""Drops by release: old ones that nobody fixes, or builds of a developer's own."""

from functools import lru_cache

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context, Event


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `ignore_releases`."""
    if not settings.ignore_releases:
        return None
    ignored = lru_cache(REMEMBERED)(GlobSet(settings.ignore_releases, ignore_case=True).matches)

    def check(event: Event, _context: Context) -> bool:
        release = event.get("release")
        return isinstance(release, str) and ignored(release)

    return check
