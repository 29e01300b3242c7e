"""Drops what comes from addresses or networks that a project blocks.

Sentry looks at the connection alone, which for an error on a server is the server's own address. Those who block an
address mean the scanner behind it, so the user's, as the event names it, counts too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.stage import Context, Event


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `ignore_addresses`."""
    if not settings.ignore_addresses:
        return None
    blocked = _membership(settings.ignore_addresses)

    def check(event: Event, context: Context) -> bool:
        if blocked(context.client_address):
            return True
        user = event.get("user")
        address = user.get("ip_address") if isinstance(user, dict) else None
        return isinstance(address, str) and blocked(address)

    return check


def _membership(networks: Iterable[str]) -> Callable[[str], bool]:
    """Give a function that tells whether an address lies in any of the networks."""
    # By family and bits after the prefix: one look a length of prefix, however many networks there are.
    prefixes: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for text in networks:
        network = ip_network(text, strict=False)
        rest = network.max_prefixlen - network.prefixlen
        prefixes[network.version, rest].add(int(network.network_address) >> rest)

    @lru_cache(REMEMBERED)
    def member(text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:  # unknown, or no address
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        number = int(address)
        return any(
            version == address.version and number >> rest in known for (version, rest), known in prefixes.items()
        )

    return member
