"""Drops by release: old ones that nobody mends, or builds of a developer's own."""

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import Check
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context, Event


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `ignore_releases`."""
    if not settings.ignore_releases:
        return None
    globs = GlobSet(settings.ignore_releases, ignore_case=True)

    def check(event: Event, _context: Context) -> bool:
        release = event.get("release")
        return isinstance(release, str) and globs.matches(release)

    return check
