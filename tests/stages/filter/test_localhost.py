"""What counts as a developer's own machine."""

import pytest

from errata.contracts.outcomes import Reason

LOCAL_URLS = [
    "http://localhost",
    "http://localhost:3000/cart",
    "https://LocalHost/",
    "http://app.localhost:80/x",
    "http://127.0.0.1/",
    "http://127.1.2.3:8000/x",
    "http://[::1]:5173/",
    "http://me:pw@localhost/",
    "http://0.0.0.0:8000/",
]
OTHER_URLS = [
    "https://shop.example/localhost",
    "https://localhost.example/",
    "https://notlocalhost/",
    "https://example.org/?u=http://localhost/",
    "https://localhost@example.org/",
    "https://127.example.org/",
    "http://10.0.0.1/",
    "file:///index.html",
    "/cart",
    "",
]


@pytest.mark.parametrize("url", LOCAL_URLS)
def test_a_page_at_localhost_is_dropped(ending, url):
    assert ending({"request": {"url": url}}, localhost=True) is Reason.LOCALHOST


@pytest.mark.parametrize("url", OTHER_URLS)
def test_a_page_elsewhere_passes(ending, url):
    assert ending({"request": {"url": url}}, localhost=True) is None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_a_user_at_a_loopback_address_is_dropped(ending, address):
    assert ending({"user": {"ip_address": address}}, localhost=True) is Reason.LOCALHOST


def test_a_connection_from_this_machine_alone_says_nothing(ending):
    assert ending({"user": {"ip_address": "10.0.0.1"}}, client_address="127.0.0.1", localhost=True) is None


def test_it_is_off_until_asked_for(ending):
    assert ending({"request": {"url": "http://localhost/"}, "user": {"ip_address": "127.0.0.1"}}) is None
