"""Which module turns which format of item into canonical events: the one table of wire formats."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from errata.contracts.outcomes import Dropped, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols.sentry import events as sentry_events

EVENT_FORMATS: Mapping[ItemFormat, Callable[[Item], list[dict[str, Any]]]] = MappingProxyType(
    {
        ItemFormat.SENTRY_EVENT: sentry_events.events_of,
    }
)
"""Formats that hold errors. Sessions and check-ins are stored by their own path and never become events."""


def events_of(item: Item) -> list[dict[str, Any]]:
    """Give the events in an item, in the client's order; some formats hold several.

    Raises:
        Invalid: the payload is not what its format promises.
        Dropped: items of this format are no errors.

    """
    convert = EVENT_FORMATS.get(item.meta.format)
    if convert is None:
        raise Dropped(Reason.UNSUPPORTED_ITEM)
    return convert(item)
