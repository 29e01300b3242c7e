"""Drops errors in browsers older than a project supports, by the user agent."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import msgspec

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.stage import Context, Event
from errata.stages.user_agents import parse, user_agent_of

_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "IE": "ie",
        "IE Mobile": "ie",
        "Edge": "edge",
        "Edge Mobile": "edge",
        "Safari": "safari",
        "Mobile Safari": "safari",
        "Mobile Safari UI/WKWebView": "safari",
        "Firefox": "firefox",
        "Firefox Mobile": "firefox",
        "Firefox iOS": "firefox",
        "Chrome": "chrome",
        "Chrome Mobile": "chrome",
        "Chrome Mobile WebView": "chrome",
        "Chrome Mobile iOS": "chrome",
        "Opera": "opera",
        "Opera Mobile": "opera",
        "Opera Mini": "opera_mini",
        "Android": "android",
    }
)
"""From ua-parser's families to the settings' fields."""


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `legacy_browsers`."""
    first_kept: dict[str, int] = {
        browser: version for browser, version in msgspec.structs.asdict(settings.legacy_browsers).items() if version
    }
    if not first_kept:
        return None

    @lru_cache(REMEMBERED)
    def too_old(user_agent: str) -> bool:
        browser = parse(user_agent).user_agent
        if browser is None or not browser.major or not browser.major.isdecimal():
            return False  # a version that nobody knows is not known to be old
        return int(browser.major) < first_kept.get(_FAMILIES.get(browser.family, ""), 0)

    def check(event: Event, context: Context) -> bool:
        user_agent = user_agent_of(event, context.user_agent)
        return user_agent != "" and too_old(user_agent)

    return check
