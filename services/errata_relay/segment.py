"""A segment of the spool: the bytes of one file, a head and then frames; what can be read of it, and what is wrong.

A process that is killed, or whose machine is, leaves a torn end: bytes that nobody was promised. Anything else that
cannot be read was damaged later, and may have been promised. So that the two can be told apart, a frame's own head has
a checksum: with one that holds, a frame that reaches past the end is torn, and with one that does not, nobody knows
where the next frame begins.
"""

import struct
import zlib
from typing import NamedTuple

_MAGIC = b"errspool"
_HEAD = struct.Struct("<8sIQ")
"""That magic, the version, and when the first record was written."""
_VERSION = 1
HEAD_BYTES = _HEAD.size
_FRAME = struct.Struct("<III")
"""Length and CRC-32 of the record, and the CRC-32 of those two."""


class Content(NamedTuple):
    """What is in a segment."""

    records: list[bytes]
    """Those that are whole, in order."""
    torn_bytes: int = 0
    """At the end, of a frame that was never wholly written."""
    damaged_bytes: int = 0
    """That were whole once: of a record that fails its checksum, or all that follows a frame whose head does."""


def head(created_at: int) -> bytes:
    """Give what a segment begins with."""
    return _HEAD.pack(_MAGIC, _VERSION, created_at)


def created_at(segment: bytes) -> int:
    """Give when the first record was written, microseconds since 1970, UTC; 0 when the head cannot be read."""
    if len(segment) < HEAD_BYTES:
        return 0
    magic, version, at = _HEAD.unpack_from(segment)
    return at if (magic, version) == (_MAGIC, _VERSION) else 0


def frame(record: bytes) -> bytes:
    """Give a record as it stands in a segment."""
    length, checksum = len(record), zlib.crc32(record)
    return _FRAME.pack(length, checksum, _check(length, checksum)) + record


def read(segment: bytes) -> Content:
    """Give what can be read of a segment."""
    if len(segment) < HEAD_BYTES:
        return Content([], torn_bytes=len(segment))
    if not created_at(segment):
        return Content([], damaged_bytes=len(segment))
    records: list[bytes] = []
    damaged = 0
    at = HEAD_BYTES
    while at + _FRAME.size <= len(segment):
        length, checksum, check = _FRAME.unpack_from(segment, at)
        if check != _check(length, checksum):
            left = segment[at:]
            if left.strip(b"\0"):
                return Content(records, damaged_bytes=damaged + len(left))
            break  # a power cut leaves zeros where a file had grown and nothing was written yet
        end = at + _FRAME.size + length
        if end > len(segment):
            break
        record = segment[at + _FRAME.size : end]
        if zlib.crc32(record) == checksum:
            records.append(record)
        else:
            damaged += _FRAME.size + length
        at = end
    return Content(records, len(segment) - at, damaged)


def _check(length: int, checksum: int) -> int:
    return zlib.crc32(struct.pack("<II", length, checksum))
