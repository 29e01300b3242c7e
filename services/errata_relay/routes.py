"""Which address is whose: every path that a client posts to, behind any prefix, with and without a trailing slash.

No two of them clash, so that one listener serves them all; nothing is ever redirected, since some clients lose what
they send to a redirect. A POST to any other path is taken for a tunnel.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from errata_relay import wire_formats as wire
from errata_relay.wire_formats import WireFormat


class Target(NamedTuple):
    """Where a request was sent, and so what it is; what stands in the path goes into the `Request`."""

    format: WireFormat
    project: str = ""
    key: str = ""
    name: str = ""


class Route(NamedTuple):
    """One address. `{project}` stands for digits, other braces for anything."""

    methods: frozenset[str]
    path: str
    format: WireFormat
    header: bytes = b""
    """A header that the request must have, where the path alone says too little."""


_GET, _POST = frozenset({"GET"}), frozenset({"POST"})

ROUTES = (
    Route(_POST, "api/{project}/envelope", wire.ENVELOPE),
    Route(_POST, "api/envelope", wire.ENVELOPE),
    Route(_POST, "api/{project}/store", wire.STORE),
    Route(_POST, "api/store", wire.STORE),
    Route(_GET, "api/{project}/store", wire.STORE_QUERY),
    Route(_GET, "api/store", wire.STORE_QUERY),
    Route(_POST, "api/{project}/security", wire.BROWSER_REPORT),
    Route(_POST, "api/{project}/csp-report", wire.BROWSER_REPORT),
    Route(_POST, "api/{project}/nel", wire.BROWSER_REPORT),
    Route(_POST | _GET, "api/{project}/cron/{name}", wire.CRON),
    Route(_POST | _GET, "api/{project}/cron/{name}/{key}", wire.CRON),
    Route(_POST, "api/{project}/minidump", wire.CRASH_DUMP),
    Route(_POST, "api/{project}/unreal/{key}", wire.CRASH_DUMP),
    Route(_POST, "api/{project}/events/{name}/attachments", wire.ATTACHMENT),
    Route(_POST, "api/{project}/integration/otlp/v1/traces", wire.OTLP_TRACES),
    Route(_POST, "api/{project}/integration/otlp/v1/logs", wire.OTLP_LOGS),
    Route(_POST, "api/{project}/integration/otlp/v1/metrics", wire.OTLP_METRICS),
    Route(_POST, "api/1/item", wire.ROLLBAR),
    Route(_POST, "notify", wire.BUGSNAG),
    Route(_POST, "sessions", wire.BUGSNAG_SESSIONS),
    Route(_POST, "", wire.BUGSNAG, header=b"bugsnag-api-key"),
    Route(_POST, "api/v3/projects/{project}/notices", wire.AIRBRAKE),
    Route(_POST, "api/v5/projects/{project}/routes-stats", wire.AIRBRAKE_STATS),
    Route(_POST, "api/v5/projects/{project}/routes-breakdowns", wire.AIRBRAKE_STATS),
    Route(_POST, "api/v5/projects/{project}/breakdowns-stats", wire.AIRBRAKE_STATS),
    Route(_POST, "api/v5/projects/{project}/queries-stats", wire.AIRBRAKE_STATS),
    Route(_POST, "api/v5/projects/{project}/queues-stats", wire.AIRBRAKE_STATS),
    Route(_POST, "v1/notices", wire.HONEYBADGER),
    Route(_POST, "v1/notices/js", wire.HONEYBADGER),
    Route(_POST, "v1/events", wire.HONEYBADGER_EVENTS),
    Route(_POST | _GET, "v1/check_in/{name}", wire.HONEYBADGER_CHECK_IN),
    Route(_POST, "v1/traces", wire.OTLP_TRACES),
    Route(_POST, "v1/logs", wire.OTLP_LOGS),
    Route(_POST, "v1/metrics", wire.OTLP_METRICS),
    Route(_POST, "v1development/profiles", wire.OTLP_PROFILES),
)

_TUNNEL = Target(wire.TUNNEL)
_TELLING = frozenset(route.header for route in ROUTES if route.header)
# Clients use few paths; whoever makes up long ones shall not have them remembered.
_LONGEST_REMEMBERED = 200
_MOST_SEGMENTS = max(route.path.count("/") for route in ROUTES) + 1


def _by_last_segment() -> dict[str, list[tuple[Route, list[str]]]]:
    """Give the routes by the last segment of their path, the longest first; those that end in a brace under `{}`."""
    found: dict[str, list[tuple[Route, list[str]]]] = {}
    for route in sorted(ROUTES, key=lambda route: -route.path.count("/")):
        segments = route.path.split("/")
        last = "{}" if segments[-1].startswith("{") else segments[-1]
        found.setdefault(last, []).append((route, segments))
    return found


_ROUTES = _by_last_segment()
_OPEN_ENDED = _ROUTES["{}"]


def target_of(method: str, path: str, headers: Mapping[bytes, bytes]) -> Target | None:
    """Give what a request to this path is; None for what no client asks for."""
    telling = _TELLING.intersection(headers)
    find = _find if len(path) <= _LONGEST_REMEMBERED else _find.__wrapped__
    return find(method, path, telling)


@lru_cache(maxsize=1024)
def _find(method: str, path: str, telling: frozenset[bytes]) -> Target | None:
    segments = path.strip("/").rsplit("/", _MOST_SEGMENTS)
    for candidates in (_ROUTES.get(segments[-1], ()), _OPEN_ENDED):
        for route, pattern in candidates:
            found = _match(pattern, segments)
            if found is not None and method in route.methods and (not route.header or route.header in telling):
                return Target(route.format, **found)
    return _TUNNEL if method == "POST" else None


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    """Give what stands in the braces of a pattern; None when the end of the path does not fit it."""
    if len(pattern) > len(segments):
        return None
    found = {}
    for expected, segment in zip(pattern, segments[-len(pattern) :], strict=True):
        if expected.startswith("{"):
            if expected == "{project}" and not (segment.isascii() and segment.isdigit()):
                return None
            found[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return found
