"""Drops errors on a developer's own machine: of a user at a loopback address, or on a page or server at localhost."""

from functools import lru_cache

import re2

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.stage import Context, Event

_LOCAL_URL = re2.compile(
    r"(?i)[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?"
    r"(?:(?:[^/?#@:]*\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\])(?::\d*)?(?:[/?#]|$)"
)


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `localhost`."""
    return _check if settings.localhost else None


def _check(event: Event, _context: Context) -> bool:
    user = event.get("user")
    address = user.get("ip_address") if isinstance(user, dict) else None
    if isinstance(address, str) and (address == "::1" or address.startswith(("127.", "::ffff:127."))):
        return True
    request = event.get("request")
    url = request.get("url") if isinstance(request, dict) else None
    return isinstance(url, str) and _is_local(url)


@lru_cache(REMEMBERED)
def _is_local(url: str) -> bool:
    return _LOCAL_URL.match(url) is not None
