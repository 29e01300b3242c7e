"""Filter: ends events that a project does not want, before anything costly is done with them.

One file a filter; each is a check made once from the project's settings. A project pays only for what it asks for.
"""

from errata.config.model import Project
from errata.contracts.outcomes import Dropped, Reason
from errata.stages.filter import (
    addresses,
    browser_extensions,
    health_checks,
    legacy_browsers,
    localhost,
    messages,
    releases,
    types,
    web_crawlers,
)
from errata.stages.filter.checks import BuildCheck
from errata.stages.stage import Context, Event

FILTERS: tuple[tuple[Reason, BuildCheck], ...] = (
    # Who and what sent it: one value each, and the plainest reason where several hold.
    (Reason.IGNORED_ADDRESS, addresses.build),
    (Reason.LOCALHOST, localhost.build),
    (Reason.IGNORED_RELEASE, releases.build),
    (Reason.HEALTH_CHECK, health_checks.build),
    # By the user agent: crawlers first, since many call themselves old browsers.
    (Reason.WEB_CRAWLER, web_crawlers.build),
    (Reason.LEGACY_BROWSER, legacy_browsers.build),
    # By the error itself: patterns over texts, which cost most.
    (Reason.BROWSER_EXTENSION, browser_extensions.build),
    (Reason.IGNORED_TYPE, types.build),
    (Reason.IGNORED_MESSAGE, messages.build),
)
"""The filters in the order they are asked; the first that matches gives the reason."""


class Filter:
    """Drops the events that the project's `filters` name."""

    name = "filter"

    def __init__(self, project: Project) -> None:
        """Make the checks that the project asks for, once for all its events."""
        made = [(reason, build(project.filters)) for reason, build in FILTERS]
        self._checks = [(reason, check) for reason, check in made if check is not None]

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event unchanged; raises `Dropped` with the filter's reason."""
        for reason, check in self._checks:
            if check(event, context):
                raise Dropped(reason)
        return event
