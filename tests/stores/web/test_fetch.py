"""What is fetched, over which connection, and what is refused. Loopback stands for the public Internet here."""

import asyncio
import socket
import ssl

import pytest
import pytest_asyncio
from tests.stores.web.serving import serving

from errata.stages.symbolicate.failures import Failure
from errata.stores.web import fetch
from errata.stores.web.addresses import is_loopback
from errata.stores.web.fetch import FetchError, Web

NAME = "static.shop.example"


@pytest_asyncio.fixture
async def site():
    async with serving() as site:
        yield site


@pytest.fixture
def names(monkeypatch):
    """Addresses by name, one lookup after the other, and the names that were looked up."""
    addresses, asked = {NAME: ["127.0.0.1"]}, []

    def lookup(host, *_rest, **_options):
        name = host.decode() if isinstance(host, bytes) else host
        asked.append(name)
        known = addresses[name]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known.pop(0) if len(known) > 1 else known[0], 0))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return addresses, asked


async def failure(url, *origins, web=None):
    with pytest.raises(FetchError) as caught:
        await (web or Web(is_loopback)).fetch(url, origins)
    return caught.value.failure


async def test_a_file_of_an_allowed_origin_is_given_with_what_its_headers_say(site, names):
    site.serve("/a.js?v=3", b"code", SourceMap="a.js.map")
    origin = site.url("", NAME)
    found = await Web(is_loopback).fetch(f"{origin}/a.js?v=3#part", [origin])
    assert (found.content, found.reference) == (b"code", "a.js.map")
    (head,) = site.heads
    assert f"host: {NAME}:{site.port}" in head
    assert "cookie" not in head
    assert "referer" not in head


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(site, names):
    addresses, asked = names
    addresses[NAME] = ["127.0.0.1", "10.0.0.1"]
    site.serve("/a.js", b"code")
    origin = site.url("", NAME)
    await Web(is_loopback).fetch(f"{origin}/a.js", [origin])
    assert asked == [NAME]


async def test_a_name_of_a_private_address_is_refused_unasked(site, names):
    origin = site.url("", NAME)
    assert await failure(f"{origin}/a.js", origin, web=Web()) == Failure.FETCH_FAILED
    assert site.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
async def test_this_machine_is_refused_however_it_is_written(site, host):
    site.serve("/a.js", b"code")
    origin = site.url("", host)
    assert await failure(f"{origin}/a.js", origin, web=Web()) in {Failure.FETCH_FAILED, Failure.SCRAPING_DISABLED}
    assert site.asked == []


async def test_the_certificate_must_be_of_the_name_and_not_of_the_address(names):
    seen = asyncio.get_running_loop().create_future()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.sni_callback = lambda _socket, name, _context: seen.cancelled() or seen.set_result(name)
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
    origin = f"https://{NAME}:{server.sockets[0].getsockname()[1]}"
    assert await failure(f"{origin}/a.js", origin) == Failure.FETCH_FAILED
    assert await seen == NAME
    server.close()


async def test_redirects_are_followed_within_the_origins_only(site, names):
    addresses, _ = names
    addresses["other.example"] = ["127.0.0.1"]
    site.serve("/c.js", b"code")
    site.redirect("/b.js", "/c.js")
    site.redirect("/a.js", site.url("/b.js", NAME))
    site.redirect("/out.js", site.url("/c.js", "other.example"))
    origin = site.url("", NAME)
    found = await Web(is_loopback).fetch(f"{origin}/a.js", [origin])
    assert (found.url, found.content) == (f"{origin}/c.js", b"code")
    asked = len(site.asked)
    assert await failure(f"{origin}/out.js", origin) == Failure.SCRAPING_DISABLED
    assert site.asked[asked:] == ["/out.js"]


async def test_each_redirect_is_looked_up_and_checked_anew(site, names):
    addresses, _ = names
    addresses["inner.example"] = ["10.0.0.1"]
    site.redirect("/a.js", site.url("/secret", "inner.example"))
    origins = [site.url("", NAME), site.url("", "inner.example")]
    assert await failure(f"{origins[0]}/a.js", *origins) == Failure.FETCH_FAILED
    assert site.asked == ["/a.js"]


async def test_redirects_have_an_end(site, names):
    site.redirect("/a.js", "/a.js")
    origin = site.url("", NAME)
    assert await failure(f"{origin}/a.js", origin) == Failure.FETCH_FAILED
    assert len(site.asked) == 4


async def test_a_file_is_read_up_to_the_bound_only(site, names, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_BYTES", 1_000)
    site.serve("/a.js", b"x" * 1_001)
    site.serve("/b.js", b"x" * 1_000)
    origin = site.url("", NAME)
    assert await failure(f"{origin}/a.js", origin) == Failure.FETCH_TOO_LARGE
    assert len((await Web(is_loopback).fetch(f"{origin}/b.js", [origin])).content) == 1_000


async def test_what_is_not_given_in_time_is_given_up(site, names, monkeypatch):
    monkeypatch.setattr(fetch, "_SECONDS", 0.1)
    site.serve("/a.js", None)
    origin = site.url("", NAME)
    assert await failure(f"{origin}/a.js", origin) == Failure.FETCH_TIMEOUT


async def test_what_is_no_file_has_its_failure(site, names):
    site.serve("/gone.js", b"", 404)
    site.serve("/packed.js", b"x", **{"content-encoding": "gzip"})
    site.serve("/nowhere.js", b"", 302)
    origin = site.url("", NAME)
    assert await failure(f"{origin}/gone.js", origin) == Failure.FETCH_STATUS
    assert await failure(f"{origin}/packed.js", origin) == Failure.FETCH_FAILED
    assert await failure(f"{origin}/nowhere.js", origin) == Failure.FETCH_STATUS
    assert await failure("http://unknown.example/a.js", "http://unknown.example") == Failure.FETCH_FAILED
    assert await failure(f"{origin}/a\n.js", origin) == Failure.FETCH_FAILED
