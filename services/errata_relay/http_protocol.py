"""uvicorn's HTTP/1.1 protocol with the bounds it lacks over httptools: how large a head may be, how long a request.

Without them a connection that sends nothing is held for ever, and a head or trailers that do not end fill the memory.
They stand here, and not around the reading of a body, because here they cost nothing where a request arrives in one
piece.
"""

import asyncio
from typing import ClassVar

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from errata.contracts.categories import DEFAULT
from errata.contracts.outcomes import Reason
from errata.runtime.metrics import RELAY_REQUESTS
from errata_relay.cors import CORS
from errata_relay.outcomes import OutcomeCounts
from errata_relay.refusals import REFUSALS, Header, Refused, headers_of, outcome_of

SURPLUS = "errata.surplus"
"""Stands in the scope of requests by a connection too many: they are answered, in the client's own way, and closed."""

_FRAMING = frozenset({b"content-length", b"transfer-encoding"})


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes connections whose request does not come, or does not end. What is no HTTP is refused and counted here."""

    max_head_bytes: ClassVar[int] = 65_536
    body_seconds: ClassVar[float] = 30
    max_connections: ClassVar[int] = 5_000
    outcomes: ClassVar[OutcomeCounts]
    _surplus = False
    _in_head = True
    _with_app = False  # from the head's end to the body's: what becomes of the request is the application's to count
    _head_bytes = 0
    _read_bytes = 0
    _bytes_since_body = 0
    _body_came = False
    _declines_upgrade = False
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
        if self._in_head and self._head_bytes:
            self._count(Reason.INCOMPLETE)
        self._end_body()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; then see whether more of this request must come, and by when."""
        self._unset_keepalive_if_required()
        self._read_bytes = len(data)
        try:
            self._feed(data)
        except httptools.HttpParserError:
            self._refuse()
            return
        if self.transport.is_closing():
            return
        if self._in_head:
            self._head_bytes += self._read_bytes
            if self._head_bytes > self.max_head_bytes:
                self._refuse()
            else:  # the bytes were taken for a sign of life; a head is not done yet
                self._wait_for_head()
        elif self._with_app:
            self._bytes_since_body = 0 if self._body_came else self._bytes_since_body + len(data)
            self._body_came = False
            if self._bytes_since_body > self.max_head_bytes:  # trailers, or the extensions of a chunk
                self._refuse()
            elif self._body_timer is None:
                self._body_timer = self.loop.call_later(self.body_seconds, self.transport.close)

    def on_message_begin(self) -> None:
        """Begin a head."""
        if self._declines_upgrade:
            return
        self._in_head = True
        self._head_bytes = 0
        self._head_deadline = self.loop.time() + self.timeout_keep_alive
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """End a head."""
        if self._declines_upgrade:
            return
        if self._head_bytes + self._read_bytes > self.max_head_bytes and self._head_size() > self.max_head_bytes:
            raise ValueError("head too large")  # httptools makes it the error of a parser
        if self._surplus:
            self.scope[SURPLUS] = True  # type: ignore[literal-required] # ASGI allows names of one's own
        super().on_headers_complete()
        self.headers = []  # the scope keeps its own: trailers end here, where nobody reads them
        self._in_head = False
        self._with_app = True
        self._bytes_since_body = 0

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._body_came = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End a body; the next head is waited for once the answer is out."""
        if self.parser.should_upgrade():  # httptools takes the body that follows for another protocol
            return
        self._with_app = False
        self._read_bytes = 0  # what follows in this read is of the next request, and no more than a read
        self._end_body()
        super().on_message_complete()

    def _feed(self, data: bytes) -> None:
        left = memoryview(data)
        while True:
            try:
                self.parser.feed_data(left)
            except httptools.HttpParserUpgrade as offered:
                left = left[offered.args[0] :]
                self._decline_upgrade()
            else:
                return

    def _decline_upgrade(self) -> None:
        """Go on in HTTP/1.1 with a client that offered another protocol: what follows the head is its body.

        Java's HTTP client offers HTTP/2 with each POST that begins a connection. The parser has made up its mind;
        another one reads the rest, behind a head of which only the framing matters.
        """
        framing = [b"%s: %s\r\n" % line for line in self.scope["headers"] if line[0] in _FRAMING]
        self.parser = httptools.HttpRequestParser(self)
        self._declines_upgrade = True
        self.parser.feed_data(b"POST / HTTP/1.1\r\n%s\r\n" % b"".join(framing))
        self._declines_upgrade = False

    def _refuse(self) -> None:
        """Answer what is no HTTP, with CORS, and count it."""
        if not self._with_app:
            self._count(Reason.BAD_HTTP)
            RELAY_REQUESTS.labels(REFUSALS[Reason.BAD_HTTP].status).inc()
        self._in_head = False
        self.transport.write(_NO_HTTP)
        self.transport.close()

    def _count(self, reason: Reason) -> None:
        self.outcomes.count(outcome_of(reason), reason, DEFAULT)

    def _head_size(self) -> int:
        separators = 4  # of each line: a colon, a space, its end
        return len(self.url) + sum(len(name) + len(value) + separators for name, value in self.headers)

    def _end_body(self) -> None:
        if self._body_timer is not None:
            self._body_timer.cancel()
            self._body_timer = None

    def _wait_for_head(self) -> None:
        self.timeout_keep_alive_task = self.loop.call_at(self._head_deadline, self.timeout_keep_alive_handler)


def _answer(reason: Reason) -> bytes:
    body = msgspec.json.encode({"detail": REFUSALS[reason].detail, "reason": reason})
    headers: list[Header] = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        *CORS,
        *headers_of(Refused(reason)),
    ]
    lines = b"".join(b"%s: %s\r\n" % header for header in headers)
    return b"HTTP/1.1 %d Bad Request\r\n%s\r\n%s" % (REFUSALS[reason].status, lines, body)


_NO_HTTP = _answer(Reason.BAD_HTTP)
