"""Addresses as browsers read them, by the WHATWG's rules: host in lower case, no default port, no `..`, escapes."""

from functools import lru_cache
from typing import NamedTuple

import can_ada

REMEMBERED = 4096
"""Addresses of requests and files recur; each takes a microsecond."""


class Address(NamedTuple):
    """An address in its one spelling, cut where people name its parts."""

    bare: str
    """Without query and fragment."""
    path: str
    query: str
    fragment: str


@lru_cache(REMEMBERED)
def parse(text: str) -> Address | None:
    """Give the parts of an absolute address, None when the text is none."""
    try:
        url = can_ada.parse(text)
    except ValueError:
        return None
    query, fragment = url.search[1:], url.hash[1:]
    url.search = url.hash = ""
    return Address(url.href, url.pathname, query, fragment)


def path_of(text: str) -> str:
    """Give the path of an address; one without a path, or what is no address, is its own name."""
    address = parse(text)
    return address.path if address and len(address.path) > 1 else text
