"""Attributes: OTLP's lists of keys and typed values as plain objects."""

import base64
import binascii
import math
import re
from collections.abc import Iterator
from typing import Any

from errata.protocols.foreign import Tree, trees_in
from errata.protocols.otlp.schema import MAX_DEPTH

_SCALARS = ("stringValue", "boolValue", "doubleValue", "bytesValue")
_LONGEST_INTEGER = 20
_HEX = re.compile(r"[0-9a-fA-F]{16}|[0-9a-fA-F]{32}")


def take_attributes(holder: Tree) -> Tree:
    """Take the attributes of a record, resource or scope; the last one of a key wins."""
    return {key: plain(value) for key, value in pairs_in(holder.pop("attributes", None))}


def pairs_in(value: Any) -> Iterator[tuple[str, Any]]:
    """Give each key of a list of attributes with its value, untouched."""
    for pair in trees_in(value):
        if isinstance(key := pair.get("key"), str):
            yield key, pair.get("value")


def plain(value: Any, depth: int = MAX_DEPTH) -> Any:
    """Give the value in an `AnyValue`; None for an empty one, empty lists and objects where `depth` levels end.

    Integers come as numbers (JavaScript) and as text (the specification's way).
    """
    if not isinstance(value, dict):
        return None
    for name in _SCALARS:
        if name in value:
            scalar = value[name]
            # NaN, which JSON does not have and a protobuf may
            return None if isinstance(scalar, float) and not math.isfinite(scalar) else scalar
    if "intValue" in value:
        number = value["intValue"]
        if isinstance(number, str) and len(number) <= _LONGEST_INTEGER and number.removeprefix("-").isdecimal():
            return int(number)
        return number
    inner = depth - 1
    if isinstance(array := value.get("arrayValue"), dict):
        values = array.get("values")
        return [plain(entry, inner) for entry in values] if inner and isinstance(values, list) else []
    if isinstance(mapping := value.get("kvlistValue"), dict):
        return {key: plain(entry, inner) for key, entry in pairs_in(mapping.get("values"))} if inner else {}
    return None


def text_of(value: Any) -> str:
    """Give an attribute as text; empty for what is none or a structure."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def id_of(value: Any) -> str:
    """Give a trace's or span's id as lower-case hex; empty when it is none.

    OTLP's JSON has ids as hex. What protobuf's own printers make of a message has them as base64.
    """
    if not isinstance(value, str) or len(value) > 32:
        return ""
    if not _HEX.fullmatch(value):
        try:
            value = base64.b64decode(value, validate=True).hex()
        except (binascii.Error, ValueError):
            return ""
    return value.lower() if len(value) in {16, 32} and value.strip("0") else ""
