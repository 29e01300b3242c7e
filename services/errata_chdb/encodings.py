"""Bodies in and out: the content encodings that ClickHouse's HTTP clients use."""

import gzip
import zlib

import lz4.frame

from errata.protocols import zstd
from errata_chdb.errors import CANNOT_DECOMPRESS, TOO_MANY_BYTES, UNKNOWN_COMPRESSION, ClickHouseError, refusal


def decode(body: bytes, encoding: str, limit: int) -> bytes:
    """Give a body without its content encoding.

    Several frames may follow one another: clickhouse-connect ends one after each block of rows.

    Raises:
        ClickHouseError: the encoding is unknown, the bytes are not of it, or they hold more than `limit` bytes.

    """
    if encoding in {"", "identity"}:
        return body
    try:
        return _decode(body, encoding, limit)
    except (RuntimeError, EOFError, zlib.error, zstd.ZstdError) as error:
        text = f"Cannot decompress the body as {encoding}: {type(error).__name__}"
        raise refusal(CANNOT_DECOMPRESS, "CANNOT_DECOMPRESS", text) from None


def encode(body: bytes, accepted: str) -> tuple[bytes, str]:
    """Give a body in the first encoding that the client accepts and we have, and that encoding's name, or ''."""
    for name in (part.partition(";")[0].strip() for part in accepted.split(",")):
        if name == "lz4":
            return lz4.frame.compress(body), name
        if name == "zstd":
            return zstd.compress(body, 1), name
        if name == "gzip":
            return gzip.compress(body, 1), name
    return body, ""


def _decode(body: bytes, encoding: str, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while body:
        if encoding == "lz4":
            frame = lz4.frame.LZ4FrameDecompressor()
            parts.append(frame.decompress(body, max_length=limit - size + 1))
        elif encoding == "zstd":
            frame = zstd.ZstdDecompressor()
            parts.append(frame.decompress(body, max_length=limit - size + 1))
        elif encoding in {"gzip", "deflate"}:
            frame = zlib.decompressobj(wbits=31 if encoding == "gzip" else 15)
            parts.append(frame.decompress(body, limit - size + 1))
        else:
            raise refusal(UNKNOWN_COMPRESSION, "UNKNOWN_COMPRESSION_METHOD", f"Unknown Content-Encoding {encoding!r}")
        size += len(parts[-1])
        if size > limit:
            raise too_large(limit)
        if not frame.eof:
            raise EOFError
        body = frame.unused_data
    return b"".join(parts)


def too_large(limit: int) -> ClickHouseError:
    """Give the refusal of a body that is larger than the front takes."""
    return refusal(TOO_MANY_BYTES, "TOO_MANY_BYTES", f"The body holds more than {limit} bytes (ERRATA_CHDB_MAX_BODY)")
