"""uvicorn's HTTP/1.1 protocol with the bounds it lacks over httptools: how large a head may be, how long a request.

Without them a connection that sends nothing is held for ever, and a head that does not end fills the memory. They stand
here, and not around the reading of a body, because here they cost nothing where a request arrives in one piece.
"""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

SURPLUS = "errata.surplus"
"""Stands in the scope of requests by a connection too many: they are answered, in the client's own way, and closed."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes connections whose request does not come, or does not end."""

    max_head_bytes: ClassVar[int] = 65_536
    body_seconds: ClassVar[float] = 30
    max_connections: ClassVar[int] = 5_000
    _surplus = False
    _in_head = True
    _head_bytes = 0
    _body_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self.max_connections:  # not even an answer can be afforded
            transport.abort()
        self._surplus = len(self.connections) > self.max_connections
        self._head_deadline = self.loop.time() + self.timeout_keep_alive
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End all waiting."""
        self._end_body()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; then see whether more of this request must come, and by when."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.max_head_bytes:
                self.send_400_response("Request head too large.")
            elif (
                self.timeout_keep_alive_task is None
            ):  # the bytes were taken for a sign of life; a head is not done yet
                self._wait_for_head()
        elif self.cycle.more_body and self._body_timer is None:
            self._body_timer = self.loop.call_later(self.body_seconds, self.transport.close)

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head = True
        self._head_bytes = 0
        self._head_deadline = self.loop.time() + self.timeout_keep_alive
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End a head."""
        self._in_head = False
        if self._surplus:
            self.scope[SURPLUS] = True  # type: ignore[literal-required] # ASGI allows names of one's own
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End a body; the next head is waited for once the answer is out."""
        self._end_body()
        super().on_message_complete()

    def _end_body(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _wait_for_head(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_at(self._head_deadline, self.timeout_keep_alive_handler)
