"""Whose request it is: the client's address behind proxies, and the web origin of the page that sends."""

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple, TypeAlias

from errata.config.limits import ORIGIN

Network: TypeAlias = IPv4Network | IPv6Network

_MOST_HOPS = 20
_PATTERN = re.compile(ORIGIN)
_PORTS = {"http": "80", "https": "443"}
# A name has 253 characters at most; longer ones shall not be remembered.
_LONGEST = 300


def client_address(peer: str, forwarded_for: str, trusted: tuple[Network, ...]) -> str:
    """Give the address of the client: the peer's, or what proxies that are trusted say of those before them.

    `X-Forwarded-For` grows to the right, and only its right end was written by somebody who is trusted: the first
    address from there that is no trusted proxy is the client's. What does not read as an address ends the search.
    """
    address = peer
    for hop in reversed(forwarded_for.split(",")[-_MOST_HOPS:]):
        if not _is_in(address, trusted):
            break
        candidate = hop.strip()
        if not _reads_as_address(candidate):
            break
        address = candidate
    return address


class _Origin(NamedTuple):
    scheme: str
    host: str
    port: str


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """Say whether a page of this origin (`https://shop.example:8443`) may send.

    An allowed one may leave out scheme and port, for any; `*.` before a host stands for its subdomains, `*` for all.
    """
    page = _read(origin)
    return any(text == "*" or (page is not None and _fits(page, _read(text))) for text in allowed)


def _fits(page: _Origin, wanted: _Origin | None) -> bool:
    if wanted is None or wanted.scheme not in ("", page.scheme):
        return False
    # Browsers leave out the port that a scheme has anyway.
    if wanted.port not in ("", page.port or _PORTS.get(page.scheme)):
        return False
    return page.host.endswith(wanted.host[1:]) if wanted.host.startswith("*.") else page.host == wanted.host


@lru_cache(maxsize=1024)
def _read(origin: str) -> _Origin | None:
    """Give the parts of an origin, in lower case; None where it is none."""
    match = _PATTERN.fullmatch(origin.lower()) if len(origin) <= _LONGEST else None
    return _Origin(match["scheme"] or "", match["host"], match["port"] or "") if match and match["host"] else None


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _reads_as_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
