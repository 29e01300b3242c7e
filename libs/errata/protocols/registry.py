"""Which module reads which wire format: the two tables of formats, for the relay and for the processor."""

from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

from errata.contracts.outcomes import Dropped, Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import airbrake, browser_reports, bugsnag, bugsnag_sessions, honeybadger, rollbar
from errata.protocols.admitted import Admit
from errata.protocols.otlp import events as otlp_events
from errata.protocols.otlp import splitting as otlp_splitting
from errata.protocols.sentry import events as sentry_events


class BodyFormat(Enum):
    """What the path of a request says that its body is; Sentry's own two, envelope and `store`, aside."""

    ROLLBAR_ITEM = "rollbar item"
    BUGSNAG_EVENTS = "bugsnag events"
    BUGSNAG_SESSIONS = "bugsnag sessions"
    AIRBRAKE_NOTICE = "airbrake notice"
    AIRBRAKE_STATS = "airbrake stats"
    HONEYBADGER_NOTICE = "honeybadger notice"
    HONEYBADGER_EVENTS = "honeybadger events"
    OTLP_TRACES = "otlp traces"
    OTLP_LOGS = "otlp logs"
    BROWSER_REPORTS = "browser reports"


BODY_FORMATS: Mapping[BodyFormat, Admit] = MappingProxyType(
    {
        BodyFormat.ROLLBAR_ITEM: rollbar.admit,
        BodyFormat.BUGSNAG_EVENTS: bugsnag.admit,
        BodyFormat.BUGSNAG_SESSIONS: bugsnag_sessions.admit,
        BodyFormat.AIRBRAKE_NOTICE: airbrake.admit,
        BodyFormat.AIRBRAKE_STATS: airbrake.admit_stats,
        BodyFormat.HONEYBADGER_NOTICE: honeybadger.admit,
        BodyFormat.HONEYBADGER_EVENTS: honeybadger.admit_events,
        BodyFormat.OTLP_TRACES: otlp_splitting.admit_traces,
        BodyFormat.OTLP_LOGS: otlp_splitting.admit_logs,
        BodyFormat.BROWSER_REPORTS: browser_reports.admit,
    }
)
"""For the relay: from a body to items."""

EVENT_FORMATS: Mapping[ItemFormat, Callable[[Item], list[dict[str, Any]]]] = MappingProxyType(
    {
        ItemFormat.SENTRY_EVENT: sentry_events.events_of,
        ItemFormat.ROLLBAR_ITEM: rollbar.events_of,
        ItemFormat.BUGSNAG_EVENTS: bugsnag.events_of,
        ItemFormat.AIRBRAKE_NOTICE: airbrake.events_of,
        ItemFormat.HONEYBADGER_NOTICE: honeybadger.events_of,
        ItemFormat.OTLP_TRACES: otlp_events.traces_events_of,
        ItemFormat.OTLP_LOGS: otlp_events.logs_events_of,
        ItemFormat.BROWSER_REPORT: browser_reports.events_of,
    }
)
"""For the processor: formats that hold errors. Sessions and check-ins are stored by their own path."""


def events_of(item: Item) -> list[dict[str, Any]]:
    """Give the events in an item, in the client's order; some formats hold several.

    Raises:
        Invalid: the payload is not what its format promises.
        Dropped: items of this format are no errors.

    """
    convert = EVENT_FORMATS.get(item.meta.format)
    if convert is None:
        raise Dropped(Reason.UNSUPPORTED_ITEM)
    try:
        return convert(item)
    except RecursionError:  # two trees were compared that are deeper than Python reaches
        raise Invalid(Reason.TOO_DEEP) from None
