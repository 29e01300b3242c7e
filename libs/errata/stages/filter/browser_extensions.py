"""Drops errors that are not the page's own: of browser extensions, and of scripts that others put into every page.

Told by where the raised exception comes from (the innermost frame that has a file), and by messages that well-known
extensions leave, a list that has gone from hand to hand since 2012 (gist.github.com/pamelafox/1878283).
"""

from functools import lru_cache

import re2

from errata.config.filters import FilterSettings
from errata.stages.event_parts import frames, raised_exception
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.stage import Context, Event

_FOREIGN_FILE = re2.compile(
    r"(?i)(?:(?:chrome|moz|safari|safari-web|ms-browser|opera|edge)-extension|chrome|resource|webkit-masked-url):"
    r"|[a-z]+://(?:"
    r"graph\.facebook\.com/|connect\.facebook\.net/"
    r"|eatdifferent\.com\.woopra-ns\.com/|static\.woopra\.com/"
    r"|webappstoolbarba\.texthelp\.com/|metrics\.itunes\.apple\.com\.edgesuite\.net/"
    r"|127\.0\.0\.1:4001/isrunning"  # Cacaoweb
    r"|[a-z0-9.-]*\.kaspersky-labs\.com/"
    r")"
)

_FOREIGN_MESSAGE = re2.compile(
    r"top\.GLOBALS|originalCreateNotification|canvas\.contentDocument|MyApp_RemoveAllHighlights"
    r"|http://tt\.epicplay\.com|Can't find variable: ZiteReader|jigsaw is not defined|ComboSearch is not defined"
    r"|http://loading\.retry\.widdit\.com/|atomicFindClose|fb_xd_fragment|bmi_SafeAddOnload|EBCallBackMessageReceived"
    r"|conduitPage|plugin\.setSuspendState is not a function|null is not an object \(evaluating 'elt\.parentNode'\)"
    r"|DealPly|_avast_submit|window\.bannerNight|AutoFillPopupClose"
)


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `browser_extensions`."""
    return _check if settings.browser_extensions else None


def _check(event: Event, _context: Context) -> bool:
    if event.get("platform") != "javascript":
        return False
    exception = raised_exception(event)
    if exception is None:
        return False
    value = exception.get("value")
    if isinstance(value, str) and _FOREIGN_MESSAGE.search(value) is not None:
        return True
    return _is_foreign(_origin(exception))


@lru_cache(REMEMBERED)
def _is_foreign(file: str) -> bool:
    return _FOREIGN_FILE.match(file) is not None


def _origin(exception: Event) -> str:
    """Give the file of the innermost frame that has one, empty when none has."""
    for frame in reversed(frames(exception)):
        path = frame.get("abs_path") or frame.get("filename")
        if isinstance(path, str) and path not in {"", "<anonymous>", "[native code]", "native"}:
            return path
    return ""
