"""Message patterns: what stays of a message when the values are taken out.

One combined RE2 pattern, so one pass whatever the text holds; `message_values.py` is its table. What is no value must
survive: two messages that differ in a word are two errors.
"""

from functools import lru_cache

from errata.stages.fingerprint.message_values import FOLDABLE, VALUES, replacement
from errata.stages.fingerprint.patterns import compiled

KEPT_MESSAGES = 4_096
"""Patterns kept a process; with the longest texts some 12 MB."""

LONGEST = 2_048
"""Characters that are looked at."""

LONGEST_PATTERN = 1_024
"""Characters of a pattern that count: what follows is a dump or a trace. Cut after the values are out, not before, so
that the length of a value does not move the cut."""

_VALUE = compiled("|".join(f"(?P<{name}>{'|'.join(forms)})" for name, forms in VALUES.items()))
_LIST = compiled("|".join(rf"<{name}>(?:[,;] ?<{name}>)+" for name in FOLDABLE))
_SPACE = compiled(r"[\t\n\v\f\r ]+")
_MORE_THAN_A_BLANK = compiled(r"[\t\n\v\f\r]|  ")
_MAY_HOLD_A_VALUE = compiled(
    r"[0-9\"'`@\\%«\x{2018}\x{201c}\x{201e}\x{2039}]|/[a-zA-Z]+/|://|data:|eyJ|[:\-][A-Fa-f]{2}[:\-]"
)
_SHORT_PERCENT = compiled(r"%(?:\([^)]*\))?[-+ #0]*[\d.*]*[a-zA-Z]|\{[\w.!:\[\]]*\}|\$\{?\w+\}?")
_WORD = compiled(r"\pL\pL")


def message_pattern(text: str) -> str:
    """Give the message with a word such as `<number>` in place of each value; equal for messages of one kind."""
    return _pattern(text[:LONGEST])


def is_template(text: str) -> bool:
    """Tell whether a template says anything itself, unlike `%s` or `{}`."""
    return bool(_WORD.search(_SHORT_PERCENT.sub("", text[:LONGEST])))


@lru_cache(KEPT_MESSAGES)
def _pattern(text: str) -> str:
    if _MORE_THAN_A_BLANK.search(text):
        text = _SPACE.sub(" ", text)
    text = text.strip()
    if _MAY_HOLD_A_VALUE.search(text):
        text = _VALUE.sub(replacement, text)
        # How many there are of a kind is a value, too: `[<number>, <number>]` is `[<number>]`.
        text = _LIST.sub(lambda found: found.group().partition(">")[0] + ">", text)
    pattern: str = text[:LONGEST_PATTERN]
    return pattern
