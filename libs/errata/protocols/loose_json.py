"""JSON read quickly and loosely, for whoever wants a few plain fields of it: ids, types, lengths.

It takes what `errata.contracts.odd_json` takes, and gives it unmended. Mending costs 0.1 s for a megabyte made for
the purpose; the relay cannot afford that for a client, and need not: whoever reads the whole event fixes it.
"""

import json
from typing import Any

import orjson

from errata.contracts.outcomes import Invalid, Reason

# Digits of integers that are read as such: Python refuses thousands of them, or takes quadratic time.
_MOST_DIGITS = 19


def _number(digits: str) -> float:
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


_loose = json.JSONDecoder(parse_int=_number)


def load_object(data: bytes) -> dict[str, Any]:
    """Give the object of a JSON text; raises `Invalid` as `loads` does, and `NOT_AN_OBJECT` for any other value."""
    value = loads(data)
    if not isinstance(value, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    return value


def loads(data: bytes) -> Any:
    """Give the value of a JSON text; NaN, infinities and lone surrogates may be in it, and large integers are floats.

    Raises:
        Invalid: `BAD_JSON` or `TOO_DEEP`.

    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        return _loose.decode(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    except RecursionError:
        raise Invalid(Reason.TOO_DEEP) from None
    except ValueError:
        raise Invalid(Reason.BAD_JSON) from None
