"""What the relay looks at of an HTTP request, its body aside."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Request(NamedTuple):
    """A request's head."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    """By lower-case name."""
    client_address: str
    received_at: int
    project: str = ""
    """The number in the path, as written; empty where the path has none and the key decides."""
    key: str = ""
    """The key, where it is a part of the path."""
    name: str = ""
    """What the path names besides: a monitor."""
    surplus: bool = False
    """Whether it came by a connection above the most that there should be."""

    def header(self, name: bytes) -> str:
        """Give a header's value; empty when it is not there."""
        return self.headers.get(name, b"").decode("latin-1")


def headers_by_name(lines: Sequence[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Give headers by name; the values of one on several lines with commas between them, as RFC 9110 reads them."""
    headers = dict(lines)
    if len(headers) == len(lines):
        return headers
    values: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        values.setdefault(name, []).append(value)
    return {name: b", ".join(several) for name, several in values.items()}
