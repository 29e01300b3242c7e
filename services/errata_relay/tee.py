"""Copies of what arrives, sent on to the service that a project used before: the bytes as they came.

Nobody waits for it. What does not fit into a bounded queue is not sent, what fails is not sent again; both are counted.
"""

import asyncio
from typing import NamedTuple

import httpx2

from errata.config.tee import TeeSettings
from errata.runtime import logging
from errata.runtime.metrics import RELAY_TEE
from errata_relay.request import Request

# A few seconds of a busy project; and of memory, for each, what Python adds to its bytes.
_MAX_QUEUED = 2_000
_MAX_QUEUED_BYTES = 33_554_432
_WORKERS = 4
_TIMEOUT_SECONDS = 10
# About this connection and not about what is sent; the HTTP client writes its own.
_NOT_SENT_ON = frozenset(
    {b"host", b"connection", b"content-length", b"transfer-encoding", b"keep-alive", b"expect", b"cookie"}
)

_log = logging.get(__name__)


class Copy(NamedTuple):
    """A request on its way."""

    method: str
    url: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of all of it: a request without a body may have a long address."""
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers) + len(self.body)


class Tee:
    """Sends copies, a few at a time."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Copy] = asyncio.Queue(_MAX_QUEUED)
        self._queued_bytes = 0

    def offer(self, settings: TeeSettings, key: str, request: Request, body: bytes) -> None:
        """Queue a request for sending on, if there is room.

        Args:
            settings: where to.
            key: the one it came with.
            request: as it came.
            body: as it came, not decompressed.

        """
        copy = copy_of(settings, key, request, body)
        if self._queue.full() or self._queued_bytes + copy.size > _MAX_QUEUED_BYTES:
            RELAY_TEE.labels("no_room").inc()
            return
        self._queued_bytes += copy.size
        self._queue.put_nowait(copy)

    async def run(self) -> None:
        """Send what is queued; for ever, until cancelled."""
        async with httpx2.AsyncClient(timeout=_TIMEOUT_SECONDS, follow_redirects=False) as client:
            await asyncio.gather(*(self._work(client) for _ in range(_WORKERS)))

    async def _work(self, client: httpx2.AsyncClient) -> None:
        while True:
            copy = await self._queue.get()
            RELAY_TEE.labels(await _send(client, copy)).inc()
            self._queued_bytes -= copy.size


async def _send(client: httpx2.AsyncClient, copy: Copy) -> str:
    try:
        answer = await client.request(copy.method, copy.url, headers=list(copy.headers), content=copy.body)
    except Exception as error:  # noqa: BLE001 - whatever a client made of it, the next copy is to be sent
        _log.debug("a copy was not sent", error_class=type(error).__name__)
        return "failed"
    return "sent" if answer.is_success else "refused"


def copy_of(settings: TeeSettings, key: str, request: Request, body: bytes) -> Copy:
    """Give the request as the other service must see it: another key, another project, all else as it came."""
    path = request.path.replace(key, settings.key)
    if settings.project and request.project:
        path = path.replace(f"/{request.project}/", f"/{settings.project}/", 1)
    query = request.query.replace(key, settings.key)
    headers = tuple(
        (name, value.replace(key.encode(), settings.key.encode()))
        for name, value in request.headers.items()
        if name not in _NOT_SENT_ON
    )
    url = settings.url.rstrip("/") + path + (query and f"?{query}")
    return Copy(request.method, url, headers, body)
