"""OTLP's JSON form as protobuf: the other way round than the decoder, for tests."""

import base64
import struct
from typing import Any

from errata.protocols.otlp import schema
from errata.protocols.otlp.schema import Type
from errata.protocols.otlp.wire import FIXED32, FIXED64, LENGTH, VARINT


def varint(value: int) -> bytes:
    value &= 0xFFFF_FFFF_FFFF_FFFF
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*encoded, value])


def encode(tree: dict, name: str) -> bytes:
    """Give a message of the schema; integers may be text, as OTLP's JSON has them."""
    encoded = b""
    for number, entry in schema.MESSAGES[name].items():
        if entry.name in tree:
            values = tree[entry.name] if entry.repeated else [tree[entry.name]]
            encoded += b"".join(field(number, entry.type, value) for value in values)
    return encoded


def field(number: int, kind: str, value: Any) -> bytes:
    if kind in schema.MESSAGES:
        content = encode(value, kind)
    elif kind == Type.TEXT:
        content = value.encode()
    elif kind == Type.HEX:
        content = bytes.fromhex(value)
    elif kind == Type.BYTES:
        content = base64.b64decode(value)
    elif kind == Type.DOUBLE:
        return varint(number << 3 | FIXED64) + struct.pack("<d", value)
    elif kind == Type.TIME:
        return varint(number << 3 | FIXED64) + int(value).to_bytes(8, "little")
    elif kind == Type.FLAGS:
        return varint(number << 3 | FIXED32) + int(value).to_bytes(4, "little")
    else:
        return varint(number << 3 | VARINT) + varint(int(value))
    return varint(number << 3 | LENGTH) + varint(len(content)) + content
