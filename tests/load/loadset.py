"""The load set: whole events of real SDKs, resampled with a fresh event id, time and user each time."""

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.data import LOAD_SET

# Markers stand in the serialized templates where each copy differs; no event of the set holds them.
_ID = b"0123456789abcdef-errata-event-id"
_TIME = b"0123456789-errata-time"
_USER = b"0123456789-errata-user"


class Copy(NamedTuple):
    """One event to send."""

    event_id: str
    template: int
    """Which event of the set it is a copy of."""
    body: bytes


class LoadSet:
    """The templates, serialized once: a copy costs three replacements of bytes."""

    def __init__(self, path: Path = LOAD_SET, *, users: int = 500, seed: int = 7) -> None:
        self.templates = [_template(json.loads(line)["event"]) for line in path.read_bytes().splitlines()]
        self._random = random.Random(seed)
        self._users = users

    def __len__(self) -> int:
        return len(self.templates)

    def copy(self, template: int) -> Copy:
        """Give a fresh copy of one event of the set."""
        event_id = uuid.UUID(int=self._random.getrandbits(128), version=4).hex
        now = datetime.now(UTC).isoformat().encode()
        user = b"user-%d" % self._random.randrange(self._users)
        body = self.templates[template].replace(_ID, event_id.encode()).replace(_TIME, now).replace(_USER, user)
        return Copy(event_id, template, body)

    def copies(self, *, hot_share: float = 0.0) -> Iterator[Copy]:
        """Give copies for ever, in a random order of the whole set.

        Args:
            hot_share: this share of them is of one single event, as in a storm of one issue.

        """
        hot = max(range(len(self)), key=lambda n: b'"exception"' in self.templates[n])
        order: list[int] = []
        while True:
            if hot_share and self._random.random() < hot_share:
                yield self.copy(hot)
                continue
            if not order:
                order = self._random.sample(range(len(self)), len(self))
            yield self.copy(order.pop())


def envelope(copy: Copy) -> bytes:
    """Give the envelope that a current SDK would send for this event."""
    head = b'{"event_id":"%s"}\n{"type":"event","length":%d}\n' % (copy.event_id.encode(), len(copy.body))
    return head + copy.body + b"\n"


def _template(event: dict) -> bytes:
    event = event | {"event_id": _ID.decode(), "timestamp": _TIME.decode()}
    event["user"] = (event.get("user") or {}) | {"id": _USER.decode()}
    return json.dumps(event, separators=(",", ":")).encode()
