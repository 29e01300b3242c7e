"""Single values as text, and text within its limit."""

from decimal import Decimal
from typing import Any

from errata.contracts.odd_json import dumps
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event

LINE = 128
"""Characters of what names one thing in one word: a method, a type of mechanism, a username."""
NAME = 512
"""Characters of names made by code: functions, modules, file names. C++ templates are long."""
PATH = 2048
"""Characters of URLs and paths."""
MESSAGE = 8192
"""Characters of prose: messages, exception values. Sentry's limit."""
TAG = 200
"""Characters of tag keys and values, releases, environments, transactions. Sentry's limit."""

EXACT = 2**53
"""A double is exact below; above, clients' numbers have lost their last digits, so as names they would be wrong."""

ELLIPSIS = "..."


def text_of(value: Any) -> str | None:
    """Give a scalar as text, None for null, containers and numbers that a double cannot hold exactly.

    Booleans read as Python's and Sentry's do, `True`; numbers as people write them: `1`, not `1.0` or `1e0`.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return _plain_number(value) if abs(value) < EXACT else None
    return str(value) if isinstance(value, int) else None


def _plain_number(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    written = repr(value)
    return format(Decimal(written), "f") if "e" in written else written


def json_text(value: Any) -> str:
    """Give any value as text: text as it is, everything else as compact JSON."""
    return value if isinstance(value, str) else dumps(value).decode()


def shortened(text: str, limit: int) -> str:
    """Give the text in at most `limit` characters, with `...` at its end.

    The piece of a word or number that the cut would leave behind goes too: half an address or card number is still
    personal data, but no longer looks like it to the scrubber.
    """
    head = text[: limit - len(ELLIPSIS)]
    space = max(head.rfind(" ", -100), head.rfind("\n", -100))
    if space > 0:
        head = head[:space]
    return head.rstrip("0123456789 -.") + ELLIPSIS


def limited(text: str, limit: int, place: Place, notes: Notes) -> str:
    """Give the text in at most `limit` characters; a cut is noted."""
    if len(text) <= limit:
        return text
    short = shortened(text, limit)
    notes.trimmed(place, {"len": len(text), "rem": [["!limit", "s", len(short) - len(ELLIPSIS), len(short)]]})
    return short


def number_in(text: str) -> int | None:
    """Give the number that the text is, decimal or hex after `0x`; None when it is none of 64 bits."""
    if len(text) > 20:
        return None
    try:
        return int(text, 16 if text.startswith(("0x", "0X")) else 10)
    except ValueError:
        return None


def drop_nulls(holder: Event) -> None:
    """Remove what is null: in the canonical form a thing that is not known is not there."""
    if None in holder.values():
        for key in [key for key, value in holder.items() if value is None]:
            del holder[key]
