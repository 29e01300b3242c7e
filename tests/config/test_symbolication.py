from pathlib import Path

import pytest

from errata.config.loading import ConfigError, parse_project


def project(origin):
    text = f"id: 1\nslug: shop\nkeys: []\nsymbolication:\n  fetch_origins: ['{origin}']\n"
    return parse_project(text.encode(), Path("shop.yaml"))


@pytest.mark.parametrize("origin", ["https://static.shop.example", "https://*.shop.example", "http://cdn.example:8080"])
def test_an_origin_is_scheme_host_and_port(origin):
    assert project(origin).symbolication.fetch_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*",
        "static.shop.example",
        "https://shop.example/static",
        "https://a@shop.example",
        "ftp://a.example",
    ],
)
def test_whatever_else_is_refused(origin):
    with pytest.raises(ConfigError, match=r"shop\.yaml:5"):
        project(origin)


def test_without_any_nothing_is_fetched():
    assert parse_project(b"id: 1\nslug: shop\nkeys: []\n", Path("shop.yaml")).symbolication.fetch_origins == ()
