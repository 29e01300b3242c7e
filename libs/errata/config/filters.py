"""Settings of the filter stage: which events a project does not want at all.

All are off until a project asks for them. Sentry has one of these on by default, health checks, and there it means
transactions, which Errata keeps none of; an error in a health check is news. Two more that Sentry has on are patterns
here: `ignore_types: [ChunkLoadError]`, and `ignore_messages: ["*Minified React error #418*", "*Hydration failed*"]`.
"""

from ipaddress import ip_network
from typing import Annotated, TypeAlias

import msgspec

FirstVersion: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
"""The first major version that is kept: all before it are dropped. 0 keeps all."""


class LegacyBrowsers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which versions of browsers are too old, desktop and mobile alike, by the user agent.

    What Sentry drops where all its subfilters are on (2026): `{ie: 12, edge: 111, safari: 16, firefox: 111,
    chrome: 111, opera: 100, opera_mini: 35, android: 4}`. Its older words: `ie_pre_9` is `ie: 9`, `safari_pre_6` is
    `safari: 6`, `opera_pre_15` is `opera: 15`, `edge_pre_79` is `edge: 79`.
    """

    ie: FirstVersion = 0
    edge: FirstVersion = 0
    safari: FirstVersion = 0
    firefox: FirstVersion = 0
    chrome: FirstVersion = 0
    opera: FirstVersion = 0
    opera_mini: FirstVersion = 0
    android: FirstVersion = 0
    """Android's own old browser; Chrome on Android is `chrome`."""


class FilterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to drop before anything else is done with an event; each kind is counted under a reason of its own."""

    ignore_types: tuple[str, ...] = ()
    """Types of the raised exception, bare or with its module, `*` and `?` allowed: `KeyboardInterrupt`, `celery.*`.
    Upper and lower case count: these are names in code."""
    ignore_messages: tuple[str, ...] = ()
    """Patterns of the whole message, its template, the raised exception's value, or `Type: value`; `*` and `?`
    allowed: `*connection reset by peer*`. In any case: these are prose."""
    ignore_releases: tuple[str, ...] = ()
    """Patterns of the whole release, `*` and `?` allowed, in any case: `shop@1.*`, `*-dirty`."""
    ignore_addresses: tuple[str, ...] = ()
    """IP addresses and networks, v4 and v6: `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`. Dropped is what comes from
    there: by the address of the connection, or of the user as the event names it."""
    localhost: bool = False
    """Errors on a developer's machine: of a user at a loopback address, or on a page or server named `localhost`."""
    web_crawlers: bool = False
    """Errors that search engines and other robots cause, by the user agent."""
    legacy_browsers: LegacyBrowsers = LegacyBrowsers()
    browser_extensions: bool = False
    """Errors of browser extensions and of scripts that toolbars and virus scanners put into pages."""
    health_checks: bool = False
    """Errors in answering health checks, by the transaction's name: `GET /healthz`, `/ping`, `app.health_check`."""

    def __post_init__(self) -> None:
        """Refuse what is no address; raises `ValueError`."""
        for address in self.ignore_addresses:
            ip_network(address, strict=False)
