"""What the relay looks at of an HTTP request, its body aside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from errata_relay.routes import Target


class Request(NamedTuple):
    """A request's head."""

    method: str
    path: str
    target: "Target"
    query: str
    headers: Mapping[bytes, bytes]
    """By lower-case name."""
    client_address: str
    received_at: int
    surplus: bool = False
    """Whether it came by a connection above the most that there should be."""

    def header(self, name: bytes) -> str:
        """Give a header's value; empty when it is not there."""
        return self.headers.get(name, b"").decode("latin-1")
