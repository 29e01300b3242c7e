"""Which requests are what: the paths of Sentry clients, with any prefix, with and without a trailing slash."""

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a path takes."""

    ENVELOPE = "envelope"
    STORE = "store"
    TUNNEL = "tunnel"
    """An envelope at any other path: its key stands in its own header alone."""


class Target(NamedTuple):
    """Where a request was sent."""

    kind: Kind
    project: str
    """The number in the path, as written; empty where the path has none and the key decides."""


def target_of(path: str) -> Target:
    """Give what a POST to this path is.

    `[/any/prefix]/api/42/envelope[/]`, the same with `store`, `[/any/prefix]/api/store[/]` without a number, and
    everything else as a tunnel.
    """
    parts = path.rstrip("/").rsplit("/", 3)
    if parts[-1] in ("envelope", "store"):
        kind = Kind(parts[-1])
        if len(parts) == 4 and parts[1] == "api" and parts[2].isdecimal():
            return Target(kind, parts[2])
        if len(parts) >= 3 and parts[-2] == "api":
            return Target(kind, "")
    return Target(Kind.TUNNEL, "")
