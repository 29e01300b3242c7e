"""Debug ids: what ties a built file to its source map, or a binary to its symbols."""

import re

# Thirty-two hex digits with or without dashes, then perhaps the age that Windows adds; bounded, hence linear.
_DEBUG_ID = re.compile(r"([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})(.*)")
_AGE = re.compile(r"-?([0-9a-fA-F]{0,8})")
_LONGEST = 64


def debug_id(text: object) -> str:
    """Give a debug id as a lower-case UUID, with `-<age>` when it has an age that is not 0; empty when it is none."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return ""
    found = _DEBUG_ID.fullmatch(text)
    age = found and _AGE.fullmatch(found[6])
    if not found or not age:
        return ""
    number = age[1].lstrip("0")
    return "-".join(found.groups()[:5]).lower() + (f"-{number.lower()}" if number else "")
