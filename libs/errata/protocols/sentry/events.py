"""Sentry event items: already in the canonical schema, old spellings aside, which the normalize stage knows."""

from typing import Any

from errata.contracts import odd_json
from errata.contracts.pack import Item


def events_of(item: Item) -> list[dict[str, Any]]:
    """Give the one event of the item; raises `Invalid` when the payload is no JSON object."""
    return [odd_json.load_object(item.payload)]
