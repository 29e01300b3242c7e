import pytest
from httpx2 import URL

from errata.stores.web.origins import is_allowed

ORIGINS = ("https://static.shop.example", "https://*.cdn.example", "http://old.example:8080")


@pytest.mark.parametrize(
    "url",
    [
        "https://static.shop.example/a.js",
        "https://STATIC.shop.example:443/a.js?b#c",
        "https://eu.cdn.example/a.js",
        "https://a.b.cdn.example/",
        "http://old.example:8080/a.js",
    ],
)
def test_addresses_of_the_origins_are_allowed(url):
    assert is_allowed(URL(url), ORIGINS)


@pytest.mark.parametrize(
    "url",
    [
        "http://static.shop.example/a.js",
        "https://static.shop.example:8443/a.js",
        "https://static.shop.example.evil.example/a.js",
        "https://static.shop.example@evil.example/a.js",
        "https://ann@static.shop.example/a.js",
        "https://evil.example/https://static.shop.example/",
        "https://shop.example/a.js",
        "https://cdn.example/a.js",
        "https://evilcdn.example/a.js",
        "http://old.example/a.js",
        "file:///etc/passwd",
        "ftp://static.shop.example/a.js",
        "//static.shop.example/a.js",
        "/a.js",
        "",
    ],
)
def test_an_address_of_another_origin_is_not_allowed(url):
    assert not is_allowed(URL(url), ORIGINS)


def test_without_origins_nothing_is():
    assert not is_allowed(URL("https://static.shop.example/a.js"), ())
