"""Whose request it is: addresses behind proxies, and origins of pages."""

from ipaddress import ip_network

import pytest

from errata_relay.origins import client_address, is_allowed

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("192.0.2.9", "6.6.6.6", "192.0.2.9"),
        ("10.0.0.1", "unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("", "6.6.6.6", ""),
    ],
)
def test_only_what_trusted_proxies_say_counts(peer, forwarded_for, address):
    assert client_address(peer, forwarded_for, TRUSTED) == address


@pytest.mark.parametrize(
    ("origin", "allowed", "expected"),
    [
        ("https://shop.example", ["https://shop.example"], True),
        ("https://SHOP.example", ["shop.example"], True),
        ("http://shop.example", ["https://shop.example"], False),
        ("https://shop.example:8443", ["shop.example"], True),
        ("https://shop.example:8443", ["https://shop.example:443"], False),
        ("https://www.shop.example", ["*.shop.example"], True),
        ("https://shop.example", ["*.shop.example"], False),
        ("https://evilshop.example", ["*.shop.example", "shop.example"], False),
        ("null", ["shop.example"], False),
        ("https://[", ["shop.example"], False),
        ("http://localhost:3000", ["localhost"], True),
        ("https://shop.example", ["*"], True),
        ("null", ["*"], True),
        ("https://[", ["*"], True),
        ("null", ["null"], True),
        ("*", ["shop.example"], False),
        ("https://shop.example", ["https://shop.example:443"], True),
        ("https://shop.example:443", ["https://shop.example:443/"], True),
        ("http://shop.example", ["shop.example:80"], True),
        ("http://shop.example", ["shop.example:443"], False),
        ("https://shop.example:8443", ["https://*.example:8443"], True),
        ("http://[::1]:3000", ["[::1]"], True),
        ("capacitor://localhost", ["capacitor://localhost"], True),
        ("https://" + "a" * 70_000, ["shop.example"], False),
    ],
)
def test_an_origin_fits_one_that_is_allowed(origin, allowed, expected):
    assert is_allowed(origin, allowed) is expected
