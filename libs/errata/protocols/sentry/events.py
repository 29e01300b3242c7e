"""Sentry event items: already in the canonical schema, old spellings aside, which the normalize stage knows."""

from typing import Any

from errata.contracts import odd_json
from errata.contracts.pack import Item
from errata.protocols.foreign import trees_in

_WITHOUT_MECHANISM = ("go", "ruby")
"""Platforms whose older clients have no word for how an error was caught: they send what they were handed.

A tuple, not a set: what clients send here may not be hashable."""


def events_of(item: Item) -> list[dict[str, Any]]:
    """Give the one event of the item; raises `Invalid` when the payload is no JSON object."""
    event = odd_json.load_object(item.payload)
    if event.get("platform") in _WITHOUT_MECHANISM:
        _assume_handled(event.get("exception"))
    return [event]


def _assume_handled(exception: Any) -> None:
    """Say that the raised exception was handled, where none of them has a mechanism."""
    values = trees_in(exception.get("values") if isinstance(exception, dict) else exception)
    if values and not any(value.get("mechanism") for value in values):
        values[-1]["mechanism"] = {"type": "generic", "handled": True}
