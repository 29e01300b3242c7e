"""uvicorn's HTTP/1.1 protocol with the two bounds that it lacks over httptools: how long and how large a head may be.

Without them a connection that sends nothing is held for ever, and a head that does not end fills the memory.
"""

from asyncio import Transport
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes connections whose request head does not come, or does not end."""

    max_head_bytes: ClassVar[int] = 65_536
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes; what is left of them after the last whole head and body counts towards the next head."""
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > self.max_head_bytes:
                self.send_400_response("Request head too large.")
            elif (
                self.timeout_keep_alive_task is None
            ):  # the bytes were taken for a sign of life; a head is not done yet
                self._wait_for_head()

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End a head."""
        self._in_head = False
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)
