"""Whose request it is: the client's address behind proxies, and the web origin of the page that sends."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

Network: TypeAlias = IPv4Network | IPv6Network

_MOST_HOPS = 20


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


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """Say whether a page of this origin (`https://shop.example:8443`) may send.

    An allowed one may leave out scheme and port, for any; `*.` before a host stands for its subdomains.
    """
    try:
        page = urlsplit(origin)
        page_host, page_port = page.hostname or "", page.port
    except ValueError:
        return False
    for text in allowed:
        wanted = urlsplit(text if "://" in text else f"//{text}")
        host = (wanted.hostname or "").removeprefix("*")
        fits = page_host.endswith(host) if host.startswith(".") else page_host == host
        if fits and wanted.scheme in ("", page.scheme) and wanted.port in (None, page_port):
            return True
    return False


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
