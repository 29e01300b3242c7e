r"""JSON as clients really write it, read into plain values, and plain values written as strict JSON: the one place.

orjson reads everything ordinary. What it refuses is mended as text and read once more by the same parser, so there is
one grammar and one depth limit. What odd things become:

| odd                                             | becomes                                                     |
| ----------------------------------------------- | ----------------------------------------------------------- |
| `NaN`, `Infinity`, `-Infinity` as bare tokens    | 0, as in Sentry                                             |
| numbers beyond a double, such as `1e400`         | null                                                        |
| integers beyond 64 bits                          | the nearest double, as every JSON reader in between would do |
| lone surrogates, `"\ud800"`                      | U+FFFD                                                      |
| `"\u0000"`                                       | U+FFFD: databases and C libraries choke on NUL               |
| bytes that are no UTF-8                          | U+FFFD                                                      |
| a byte order mark                                | dropped                                                     |
| a key twice in an object                         | the last one wins                                           |
| deeper than 1,024                                | `Invalid(TOO_DEEP)`                                         |
| anything else that is no JSON                    | `Invalid(BAD_JSON)`                                         |
"""

import re
from typing import Any

import orjson

from errata.contracts.outcomes import Invalid, Reason

WRITABLE_DEPTH = 253
"""The deepest value that `dumps` writes (orjson's own limit); the normalize stage cuts events far above it."""

REPLACEMENT = "\ufffd"

_STRING = re.compile(r'("(?:[^"\\]++|\\.)*+"?+)', re.DOTALL)
"""Strings whole, so that what stands inside them is left alone. Possessive, and a string that never ends is taken to
the end: linear."""

_NOT_FINITE = re.compile(r"(?<![\w.+-])(?:NaN|-?Infinity)(?![\w.+-])")
"""A token of its own: what stands before or after it would make another number of the 0 that it becomes."""
_PERHAPS_TOO_LARGE = re.compile(
    r"(?<![0-9.eE+-])"  # from its first character on, so that no run of digits is begun in its middle
    r"-?[0-9](?:[0-9.+-]*+[eE][0-9.eE+-]*+|[0-9.+-]{300}[0-9.eE+-]*+)"
)
"""Numbers with an exponent or hundreds of digits: only they can be beyond a double, which ends at 1.8e308."""

_ESCAPE = re.compile(
    r"(?<!\\)((?:\\\\)*+)"  # escaped backslashes before it; a run is never begun in its middle
    r"(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"  # a pair: kept
    r"|\\u(?:[dD][89a-fA-F][0-9a-fA-F]{2}|0000))"  # half a pair, or NUL: replaced
)


def loads(data: bytes) -> Any:
    """Give the value of a JSON text: str without NUL or surrogates, finite numbers, dict, list, bool, None.

    Raises:
        Invalid: `TOO_DEEP`, or `BAD_JSON` when mending does not help.

    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if "depth limit" in str(error):
            raise Invalid(Reason.TOO_DEEP) from None
    else:
        if b"\\u0000" not in data:
            return value
    try:
        return orjson.loads(_mended(data))
    except orjson.JSONDecodeError as error:
        raise Invalid(Reason.TOO_DEEP if "depth limit" in str(error) else Reason.BAD_JSON) from None


def load_object(data: bytes) -> dict[str, Any]:
    """Give the object of a JSON text; raises `Invalid` as `loads` does, and `NOT_AN_OBJECT` for any other value."""
    value = loads(data)
    if not isinstance(value, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    return value


def dumps(value: Any) -> bytes:
    """Give strict UTF-8 JSON of plain values: no NUL, no lone surrogate, NaN and infinities as null, keys as text.

    Raises:
        Invalid: `TOO_DEEP`, when the value is nested deeper than `WRITABLE_DEPTH`.

    """
    try:
        data = orjson.dumps(value)
    except TypeError:
        try:
            data = orjson.dumps(_plain(value, WRITABLE_DEPTH + 1))
        except RecursionError:
            raise Invalid(Reason.TOO_DEEP) from None
    if b"\\u0000" in data:
        return _ESCAPE.sub(_mend_escape, data.decode()).encode()
    return data


def _mended(data: bytes) -> str:
    """Give the text with every odd token and escape replaced; what is no JSON for other reasons stays so."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff")
    if _NOT_FINITE.search(text) or _PERHAPS_TOO_LARGE.search(text):
        # What lies between strings holds no quotation mark, so it can be mended as one text and be put back. A function
        # called for each token, strings to skip included, would take half a second for a megabyte of small ones.
        parts = _STRING.split(text)
        between = _NOT_FINITE.sub("0", '"'.join(parts[::2]))
        parts[::2] = _PERHAPS_TOO_LARGE.sub(_mend_number, between).split('"')
        text = "".join(parts)
    return _ESCAPE.sub(_mend_escape, text)


def _mend_number(match: re.Match[str]) -> str:
    try:
        return "null" if float(match[0]) in (float("inf"), float("-inf")) else match[0]
    except ValueError:  # no number after all: for the parser to refuse
        return match[0]


def _mend_escape(match: re.Match[str]) -> str:
    return match[0] if match[2] else match[1] + REPLACEMENT


def _plain(value: Any, depth: int) -> Any:
    """Give a copy that orjson writes: for values that stages made, since `loads` gives none of these."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        if not depth:
            raise RecursionError
        return {_plain(k if isinstance(k, str) else str(k), 0): _plain(v, depth - 1) for k, v in value.items()}
    if isinstance(value, list | tuple):
        if not depth:
            raise RecursionError
        return [_plain(v, depth - 1) for v in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        try:
            return float(value)
        except OverflowError:
            return None
    if value is None or isinstance(value, int | float):
        return value
    return str(value)
