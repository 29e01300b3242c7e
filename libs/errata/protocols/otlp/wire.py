"""Protobuf's wire format: a message as its fields, each a slice of the bytes; nothing is copied or understood here.

By hand, for the format is frozen and half a page, and we cut messages apart without decoding what we do not look at:
no library gives a field's place. https://protobuf.dev/programming-guides/encoding
"""

from collections.abc import Iterator
from typing import TypeAlias

from errata.contracts.outcomes import Invalid, Reason

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
_SIZES = {FIXED64: 8, FIXED32: 4}
_LONGEST_VARINT = 10

MAX_FIELDS = 600_000
"""That are visited of a request: what a Collector's worst may need, half a second of work."""
MAX_ITEM_FIELDS = 60_000
"""That are visited of one error: a hundred events with as many attributes as SDKs allow, 128, have 52,000."""
_FEWEST_FIELDS = 10_000
_BYTES_OF_A_FIELD = 4
"""On average at least: numbers under short names, the densest there is, need as many, ids 10 to 18, texts far more.
What is denser was made to cost time."""

Field: TypeAlias = tuple[int, int, int, int, int, int]
"""A field and its place in the bytes: number, kind, begin, at, end, value.

`data[begin:end]` is the field as it can stand in another message; its value begins at `at`, without the length of a
text or message; `value` is that of a varint, 0 of other kinds. A plain tuple: a named one takes a third more time.
"""


class Reader:
    """Reads the fields of messages within one run of bytes; gives up on bytes with more fields than it may visit."""

    def __init__(self, data: bytes, most: int = MAX_FIELDS) -> None:
        self.data = data
        self._left = min(most, _FEWEST_FIELDS + len(data) // _BYTES_OF_A_FIELD)

    def fields(self, begin: int = 0, end: int | None = None) -> Iterator[Field]:
        """Give the fields of the message between two places.

        Raises:
            Invalid: `BAD_ENVELOPE` for bytes that are no message, `TOO_LARGE` for too many fields in all.

        """
        data = self.data
        end = len(data) if end is None else end
        place = begin
        while place < end:
            self._left -= 1
            if self._left < 0:
                raise Invalid(Reason.TOO_LARGE)
            start = place
            tag = data[place]
            place += 1
            if tag > 0x7F:  # most tags, and lengths, are one byte
                tag, place = _varint(data, start, end)
            kind = tag & 7
            value = 0
            at = place
            if kind == LENGTH:
                if place < end and (length := data[place]) < 0x80:
                    at = place + 1
                else:
                    length, at = _varint(data, place, end)
                place = at + length
            elif kind == VARINT:
                value, place = _varint(data, place, end)
            else:
                place += _SIZES.get(kind, end + 1)  # kinds 3 and 4, groups, are in no message that we know
            if place > end or tag < 8:
                raise Invalid(Reason.BAD_ENVELOPE)
            yield tag >> 3, kind, start, at, place, value


def _varint(data: bytes, place: int, end: int) -> tuple[int, int]:
    if place < end and (byte := data[place]) < 0x80:
        return byte, place + 1
    value = shift = 0
    for at in range(place, min(end, place + _LONGEST_VARINT)):
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + 1
        shift += 7
    raise Invalid(Reason.BAD_ENVELOPE)


def message(number: int, *parts: bytes) -> bytes:
    """Give the field of a message made of parts that are fields themselves."""
    return b"".join((_bytes_of(number << 3 | LENGTH), _bytes_of(sum(map(len, parts))), *parts))


def varint(number: int, value: int) -> bytes:
    """Give the field of a number that is not negative."""
    return _bytes_of(number << 3 | VARINT) + _bytes_of(value)


def _bytes_of(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
