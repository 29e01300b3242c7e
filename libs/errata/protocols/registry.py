"""Which module turns which format of item into canonical events; bodies become items by the relay's own table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from errata.contracts import odd_json
from errata.contracts.outcomes import Dropped, Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import airbrake, browser_reports, bugsnag, honeybadger, rollbar
from errata.protocols.otlp import events as otlp_events
from errata.protocols.sentry import events as sentry_events

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
        ItemFormat.EVENT: lambda item: [odd_json.load_object(item.payload)],
    }
)
"""Formats that hold errors. Sessions and check-ins are stored by their own path."""


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
