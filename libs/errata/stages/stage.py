"""The contract of a stage: what it is given, what it may do, how it ends."""

from collections.abc import Hashable, Mapping
from typing import Any, Protocol, TypeAlias

import msgspec

Event: TypeAlias = dict[str, Any]
"""An event on its way to canonical form: Sentry's event schema as plain JSON values, unknown fields kept."""

ANNOTATIONS = "errata"
"""The key of the event under which stages leave what the flat part of a `ProcessedEvent` needs.

`{"user": 16 hex, "redactions": {rule: count}, "grouping": {"version", "fingerprint": [...], "hash": 16 hex}}`.
It travels with the event, so a chain cut over topics loses nothing; what a client sends under it is removed first.
"""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about an event besides itself; loaded before the chain, read-only within it."""

    event_id: str
    """The relay's word on it, 32 lower-case hex digits; it wins over the event's own field."""
    received_at: int
    """Microseconds since 1970, UTC; what a stage takes for now."""
    sent_at: str = ""
    """The client's clock when it sent the request, as it wrote it."""
    client_address: str = ""
    user_agent: str = ""
    sdk: str = ""
    """From the client's auth header, such as `sentry.python/2.75.0`."""
    hash_key: bytes = b""
    """The installation's secret, of which the keys of hashes are made; from the environment, never from a file."""
    artifacts: Mapping[Any, Any] | None = None
    """What uploads answer to the needs of `symbolicate`; None where there are none, and frames stay as they came."""


class Missing(Exception):  # noqa: N818 - says what happened, like Dropped and Invalid
    """A stage needs what its context does not hold: fetch it, then run the event again from its beginning."""

    def __init__(self, needs: tuple[Hashable, ...]) -> None:
        super().__init__(f"{len(needs)} needs")
        self.needs = needs


class Stage(Protocol):
    """One pure step of the chain. Built once from a project's settings, then called for each of its events.

    The chain owns the event it is given: a stage may change it in place, returns it, and keeps no reference to it.
    It ends by returning the event or by raising `Dropped(reason)` or `Invalid(reason)`; anything else that escapes
    is a bug, which the processor dead-letters. Time, randomness and ids come from the context; what it does not hold
    of uploads a stage asks for by raising `Missing`.
    """

    name: str

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event, changed."""
        ...
