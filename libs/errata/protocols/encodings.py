"""Content encodings undone piece by piece, so that a small body cannot become a large one unnoticed.

Each decoder takes the body as it arrives and gives output in pieces of at most `STEP` bytes: whoever takes them
counts, and stops where it wants to. An encoding that is not known is taken for none, as Sentry's own relay does.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

import brotli

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols import zstd

STEP = 262_144
"""Bytes of output at a time: inflating them takes about 1 ms, the longest that the event loop is held."""

MAX_STREAMS = 64
"""gzip members or zstd frames in one body. Clients send one, a relay before us a few; each costs time even if empty."""

_BROTLI_STEP = STEP // 2
"""Its output stops at the end of the block that passes the limit, which can be nearly twice as far."""

_ZSTD_WINDOW_LOG = 23
"""8 MiB: what RFC 8878 asks every decoder to support, and the most memory that one body's window can take."""


class Decoder(Protocol):
    """Undoes one encoding of one body."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the output of the next bytes of the body, in pieces; to be taken to its end before the next call.

        Raises:
            Invalid: `BAD_ENCODING`, the bytes are not of this encoding.

        """
        ...

    def finish(self) -> None:
        """Raise `Invalid(BAD_ENCODING)` when the body has ended before the encoding has."""
        ...


class Identity:
    """No encoding."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the bytes as they are."""
        yield data

    def finish(self) -> None:
        """Accept any end."""


class Inflate:
    """gzip and both kinds of deflate: the zlib stream that the standard means, and the raw one that some send."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._streams = 0
        self._inflater: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the output; a gzip body may hold several members, a deflate body is one stream."""
        more = bool(data)
        while more:
            if self._inflater is None:
                self._inflater = self._next_stream(data)
            try:
                piece = self._inflater.decompress(data, STEP)
            except zlib.error:
                raise Invalid(Reason.BAD_ENCODING) from None
            if piece:
                yield piece
            if self._inflater.eof:
                data = self._inflater.unused_data
                more = bool(data)
                if self._gzip or more:
                    self._inflater = None
            else:
                data = self._inflater.unconsumed_tail
                more = bool(data) or len(piece) == STEP  # zlib itself may hold output back when a step was full

    def finish(self) -> None:
        """Accept the end of a stream only."""
        if not self._streams or (self._inflater is not None and not self._inflater.eof):
            raise Invalid(Reason.BAD_ENCODING)

    def _next_stream(self, data: bytes) -> "zlib._Decompress":
        self._streams += 1
        if self._streams > (MAX_STREAMS if self._gzip else 1):
            raise Invalid(Reason.BAD_ENCODING)
        if self._gzip:
            return zlib.decompressobj(31)
        # The low four bits of a zlib stream are 8; in a raw stream that would be a stored block with a padding bit set.
        return zlib.decompressobj(15 if data[0] & 0x0F == 8 else -15)


class Brotli:
    """br: one stream."""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the output."""
        try:
            piece = self._decompressor.process(data, output_buffer_limit=_BROTLI_STEP)
            while piece:
                yield piece
                if self._decompressor.is_finished():
                    return
                piece = self._decompressor.process(b"", output_buffer_limit=_BROTLI_STEP)
        except brotli.error:
            raise Invalid(Reason.BAD_ENCODING) from None

    def finish(self) -> None:
        """Accept the end of the stream only."""
        if not self._decompressor.is_finished():
            raise Invalid(Reason.BAD_ENCODING)


class Zstd:
    """zstd: one frame or several."""

    def __init__(self) -> None:
        self._frames = 0
        self._decompressor: zstd.ZstdDecompressor | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the output."""
        more = bool(data)
        while more:
            if self._decompressor is None:
                self._frames += 1
                if self._frames > MAX_STREAMS:
                    raise Invalid(Reason.BAD_ENCODING)
                options = {int(zstd.DecompressionParameter.window_log_max): _ZSTD_WINDOW_LOG}
                self._decompressor = zstd.ZstdDecompressor(options=options)
            try:
                piece = self._decompressor.decompress(data, STEP)
            except zstd.ZstdError:
                raise Invalid(Reason.BAD_ENCODING) from None
            if piece:
                yield piece
            if self._decompressor.eof:
                data = self._decompressor.unused_data
                more = bool(data)
                self._decompressor = None
            else:
                data = b""
                more = not self._decompressor.needs_input

    def finish(self) -> None:
        """Accept the end of a frame only."""
        if not self._frames or self._decompressor is not None:
            raise Invalid(Reason.BAD_ENCODING)


_DECODERS: Mapping[str, Callable[[], Decoder]] = MappingProxyType(
    {
        "br": Brotli,
        "gzip": lambda: Inflate(gzip=True),
        "x-gzip": lambda: Inflate(gzip=True),
        "deflate": lambda: Inflate(gzip=False),
        "zstd": Zstd,
    }
)


def decoder(content_encoding: str) -> Decoder:
    """Give a decoder for the value of `Content-Encoding`; empty, `identity` and unknown ones change nothing."""
    return _DECODERS.get(content_encoding.strip().lower(), Identity)()


def decode(content_encoding: str, data: bytes, *, limit: int) -> bytes:
    """Give a whole body decoded.

    Raises:
        Invalid: `BAD_ENCODING`, or `TOO_LARGE` when the output is longer than `limit` bytes.

    """
    undo = decoder(content_encoding)
    pieces: list[bytes] = []
    size = 0
    for piece in undo.feed(data):
        size += len(piece)
        if size > limit:
            raise Invalid(Reason.TOO_LARGE)
        pieces.append(piece)
    undo.finish()
    return b"".join(pieces)
