"""Drops errors that robots cause, by the user agent: what ua-parser knows as a spider, and some that it does not."""

from functools import lru_cache

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.stage import Context, Event
from errata.stages.user_agents import parse, user_agent_of

# Google's advertisements and its page tests: not told by a device in ua-parser's rules.
_MORE = ("Mediapartners-Google", "Chrome-Lighthouse", "Google-InspectionTool", "Google Page Speed Insights")


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `web_crawlers`."""
    return _check if settings.web_crawlers else None


def _check(event: Event, context: Context) -> bool:
    user_agent = user_agent_of(event, context.user_agent)
    return user_agent != "" and _is_crawler(user_agent)


@lru_cache(REMEMBERED)
def _is_crawler(user_agent: str) -> bool:
    device = parse(user_agent).device
    return (device is not None and device.family == "Spider") or any(name in user_agent for name in _MORE)
