"""Which network addresses are anybody's: not those of this machine, of a private network, of a cloud's own services."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address

# What is not for the public and yet no private network to Python: addresses of protocols, relays of 6to4, Azure's own
# server (its metadata). Those of other clouds are link-local.
_NOT_PUBLIC = tuple(map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")))
# All addresses of IPv6 that are routed; those that stand for one of IPv4 lie elsewhere, but for 6to4.
_ROUTED, _6TO4 = IPv6Network("2000::/3"), IPv6Network("2002::/16")


def is_public(text: str) -> bool:
    """Tell whether an address, as a lookup of its name gives it, is one of the public Internet."""
    address = ip_address(text)
    if not isinstance(address, IPv4Address):
        if address.ipv4_mapped is None:
            return address in _ROUTED and address not in _6TO4 and address.is_global
        address = address.ipv4_mapped
    return address.is_global and not address.is_multicast and not any(address in network for network in _NOT_PUBLIC)


def is_loopback(text: str) -> bool:
    """Tell whether an address is this machine's own."""
    return ip_address(text).is_loopback
