"""One file of the web: from an allowed origin, over a connection to the very address that was checked, bounded."""

import asyncio
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import NamedTuple

import httpx2
from httpx2 import URL

from errata.stages.symbolicate.failures import Failure
from errata.stores.web.addresses import is_public
from errata.stores.web.origins import is_allowed

MAX_BYTES = 32 << 20
"""Of one file: the largest maps that bundlers make are some 30 MB."""
_MAX_REDIRECTS = 3
# Of one file with its redirects. A batch waits for it, so it is far less than what a batch waits in all.
_SECONDS = 5.0
# Lookups of names have no timeout of their own; in threads of their own they hold up nothing but fetching.
_LOOKUPS = 4
_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "errata"}
# Of a response: where its source map is.
_REFERENCES = ("sourcemap", "x-sourcemap")


class WebFile(NamedTuple):
    """A file as its server gave it."""

    url: str
    """After redirects."""
    content: bytes
    reference: str
    """What its headers say of its source map; empty when nothing."""


class FetchError(Exception):
    """There is no such file for us; `failure` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Web:
    """Fetches files."""

    def __init__(self, is_reachable: Callable[[str], bool] = is_public) -> None:
        """Fetch from the public Internet only; `is_reachable` tells of an address whether it is, else only in tests."""
        self._is_reachable = is_reachable
        self._lookups = ThreadPoolExecutor(_LOOKUPS, "lookup")

    async def fetch(self, url: str, origins: Iterable[str]) -> WebFile:
        """Give a file.

        Args:
            url: its address; hostile.
            origins: from which it may come, redirects included.

        Raises:
            FetchError: the address or a redirect is of no such origin, or the server gave no file.

        """
        try:
            async with asyncio.timeout(_SECONDS):
                return await self._follow(URL(url), tuple(origins))
        except FetchError:
            raise
        except (TimeoutError, httpx2.TimeoutException):
            raise FetchError(Failure.FETCH_TIMEOUT) from None
        except Exception as error:  # whatever a server makes of it, or a client of an address, ends this fetch alone
            raise FetchError(Failure.FETCH_FAILED) from error

    async def _follow(self, url: URL, origins: tuple[str, ...]) -> WebFile:
        for _ in range(1 + _MAX_REDIRECTS):
            if not is_allowed(url, origins):
                raise FetchError(Failure.SCRAPING_DISABLED)
            answer = await self._get(url)
            if isinstance(answer, WebFile):
                return answer
            url = answer
        raise FetchError(Failure.FETCH_FAILED)

    async def _get(self, url: URL) -> WebFile | URL:
        """Give the file at an address, or where the server says that it is."""
        # The name is looked up here, once: whoever owns it could answer another address to a second question.
        at = url.copy_with(host=await self._address(url))
        headers = _HEADERS | {"host": url.netloc.decode("ascii")}
        name = {"sni_hostname": url.raw_host.decode("ascii")}  # of the certificate, too
        async with self._client.stream("GET", at, headers=headers, extensions=name) as answer:
            if answer.has_redirect_location:
                return url.join(answer.headers["location"])
            if answer.status_code != httpx2.codes.OK:
                raise FetchError(Failure.FETCH_STATUS)
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise FetchError(Failure.FETCH_FAILED)  # not asked for; a few bytes could become gigabytes
            content = bytearray()
            async for part in answer.aiter_raw():
                content += part
                if len(content) > MAX_BYTES:
                    raise FetchError(Failure.FETCH_TOO_LARGE)
            reference = next(filter(None, map(answer.headers.get, _REFERENCES)), "")
            return WebFile(str(url), bytes(content), reference)

    async def _address(self, url: URL) -> str:
        """Give an address of a host that may be connected to."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._lookups, socket.getaddrinfo, url.raw_host, None, 0, socket.SOCK_STREAM
        )
        for *_, (address, *_) in found:
            if self._is_reachable(str(address)):
                return str(address)
        raise FetchError(Failure.FETCH_FAILED)

    @cached_property
    def _client(self) -> httpx2.AsyncClient:
        # No connection is used again: it would be taken for another name at the same address. No proxy of the
        # environment: it would look up the name again.
        limits = httpx2.Limits(max_keepalive_connections=0)
        return httpx2.AsyncClient(timeout=_SECONDS, follow_redirects=False, trust_env=False, limits=limits)
