"""Single values: text, whole numbers, addresses, flags, and lists of them, in the spellings that clients use."""

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

ELLIPSIS = "..."


def text_of(value: Any) -> str | None:
    """Give a scalar as text, None for null and containers. Booleans read as Python's and Sentry's do: `True`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    return None


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


def keep_text(holder: Event, key: str, limit: int, place: Place, notes: Notes) -> str | None:
    """Make `holder[key]` text of at most `limit` characters and give it; empty text and nulls are removed.

    Numbers and booleans become text; a container can not be this field, so it is removed and noted.
    """
    value = holder.get(key)
    if value.__class__ is str and 0 < len(value) <= limit:
        return value
    if value is None or value == "":
        holder.pop(key, None)
        return None
    text = text_of(value)
    if text is None:
        del holder[key]
        notes.invalid((place, key), value)
        return None
    holder[key] = text = limited(text, limit, (place, key), notes)
    return text


def keep_number(holder: Event, key: str, place: Place, notes: Notes, *, largest: int = 2**63 - 1) -> int | None:
    """Make `holder[key]` a whole number from 0 to `largest` and give it; numbers as text are read."""
    value = holder.get(key)
    if value is None:
        holder.pop(key, None)
        return None
    number = value
    if isinstance(value, str):
        number = _number_in(value)
    elif isinstance(value, float):
        number = int(value) if value.is_integer() and abs(value) < 2**63 else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= largest:
        holder[key] = number
        return number
    del holder[key]
    notes.invalid((place, key), value)
    return None


def _number_in(text: str) -> int | None:
    """Give the number that the text is, decimal or hex after `0x`; None when it is none of 64 bits."""
    if len(text) > 20:
        return None
    try:
        return int(text, 16 if text[:2] in {"0x", "0X"} else 10)
    except ValueError:
        return None


def keep_flag(holder: Event, key: str, place: Place, notes: Notes) -> bool | None:
    """Make `holder[key]` true or false and give it; anything else but null is noted."""
    value = holder.get(key)
    if value is True or value is False:
        return value
    if key in holder:
        del holder[key]
        if value is not None:
            notes.invalid((place, key), value)
    return None


def keep_address(holder: Event, key: str, place: Place, notes: Notes) -> None:
    """Make `holder[key]` a memory address: lower-case hex digits after `0x`, from hex or decimal text or a number."""
    value = holder.get(key)
    if value is None:
        holder.pop(key, None)
        return
    number = value
    if isinstance(value, str):
        number = _number_in(value)
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**64:
        holder[key] = hex(number)
        return
    del holder[key]
    notes.invalid((place, key), value)


def keep_texts(holder: Event, key: str, place: Place, notes: Notes, *, limit: int, longest: int) -> None:
    """Make `holder[key]` a list of at most `longest` texts; null and empty lists are removed."""
    value = holder.get(key)
    if not isinstance(value, list):
        if holder.pop(key, None) is not None:
            notes.invalid((place, key), value)
        return
    texts = []
    for index, item in enumerate(value[:longest]):
        text = text_of(item)
        if text is None:
            if item is not None:
                notes.invalid(((place, key), index), item)
            continue
        texts.append(text if len(text) <= limit else limited(text, limit, ((place, key), index), notes))
    if len(value) > longest:
        notes.trimmed((place, key), {"len": len(value)})
    if texts:
        holder[key] = texts
    else:
        del holder[key]


def drop_nulls(holder: Event) -> None:
    """Remove what is null: in the canonical form a thing that is not known is not there."""
    if None in holder.values():
        for key in [key for key, value in holder.items() if value is None]:
            del holder[key]
