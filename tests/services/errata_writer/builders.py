"""Messages as the other services publish them, with what a test does not care about filled in."""

import hashlib
import random
from typing import Any

import msgspec

from errata.contracts.messages import Level, ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.pack import Item, ItemFormat, ItemMeta

RECEIVED_AT = 1_795_436_400_000_000
_MINUTE = 60_000_000


def event(number: int, **fields: Any) -> ProcessedEvent:
    """Give one of many different events: 20 groups, over 50 minutes around a midnight, 300 users."""
    draw = random.Random(number)
    group = draw.randrange(20)
    return ProcessedEvent(
        **{
            "project": 1 + group % 2,
            "event_id": f"{number:032x}",
            "group_hash": hashlib.md5(b"%d" % group).hexdigest()[:16],
            "fingerprint": ("Error", str(group)),
            "grouping_version": "v1",
            "origin": Origin(generation=1, partition=0, offset=number, index=0, items=1),
            "received_at": RECEIVED_AT + draw.randrange(50) * _MINUTE,
            "timestamp": RECEIVED_AT - 1_000_000,
            "level": Level.ERROR,
            "platform": "python",
            "title": f"Error: {group}",
            "environment": draw.choice(["production", "staging"]),
            "release": f"shop@1.{draw.randrange(3)}",
            "tags": {"region": draw.choice(["eu", "us"]), "ünïcode": 'a "quoted"\nvalue'},
            "user": f"{draw.randrange(300):016x}" if draw.random() < 0.8 else "",
            "exception_types": ("Error",),
            "exception_values": (f"number {number}",),
            "handled": draw.choice([None, True, False]),
            "payload": msgspec.Raw(b'{"extra": {"filler": "%s"}, "number": %d}' % (b"x" * 500, number)),
        }
        | fields
    )


def item(kind: ItemFormat, payload: bytes, **meta: Any) -> Item:
    """Give an item of a pack."""
    return Item(
        ItemMeta(**{"format": kind, "project": 1, "key_id": "web", "event_id": "", "received_at": RECEIVED_AT} | meta),
        payload,
    )
