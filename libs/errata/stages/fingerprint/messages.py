"""Message patterns: what stays of a message when the values are taken out.

One combined RE2 pattern, so one pass whatever the text holds. Alternatives are tried in order at each place, the more
special first. What is no value must survive: two messages that differ in a word are two errors.
"""

from functools import lru_cache
from typing import Any

from errata.stages.fingerprint.patterns import compiled

KEPT_MESSAGES = 4_096
"""Patterns kept a process; the longest text is `LONGEST`, so at most some 10 MB."""

LONGEST = 1_024
"""Characters that are looked at: what follows is a dump or a trace, and differs each time."""

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_IPV4 = r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:/\d{1,2})?\b"
_GROUP = "[0-9a-fA-F]{1,4}"
_IPV6 = rf"\b(?:{_GROUP}:){{7}}{_GROUP}\b|\b(?:{_GROUP}:){{1,6}}(?::{_GROUP}){{1,6}}\b|::1\b"

_PLACEHOLDERS: tuple[tuple[str, str], ...] = (
    (
        "url",
        r"\b[a-zA-Z][a-zA-Z0-9+.\-]{1,15}://[^\s\"'<>`|\\^{}\[\]]*[^\s\"'<>`|\\^{}\[\],.;:!?)]|\bdata:[a-z]+/[^\s\"']+",
    ),
    ("email", r"[a-zA-Z0-9._%+\-]+@[a-zA-Z0-9\-]+(?:\.[a-zA-Z0-9\-]+)*\.[a-zA-Z]{2,}\b"),
    ("uuid", r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"),
    (
        "date",
        r"\b\d{4}-\d{2}-\d{2}(?:[T ]" + _TIME + _ZONE + r")?"
        r"|\b\d{4}/\d{2}/\d{2}(?: " + _TIME + r")?"
        r"|\b\d{1,2}[/.]\d{1,2}[/.](?:19|20)\d{2}(?:,? " + _TIME + r")?"
        r"|\b(?:" + _DAY + r",? )?\d{1,2}[ \-]" + _MONTH + r"[ \-]\d{4}(?: " + _TIME + _ZONE + r")?"
        r"|\b(?:" + _DAY + r",? )?" + _MONTH + r" \d{1,2},?(?: " + _TIME + r"(?: [A-Z]{3,4})?)?(?: \d{4})?\b"
        r"|\b\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?" + _ZONE,
    ),
    (
        "ip",
        _IPV4 + "|" + _IPV6,
    ),
    ("mac", r"\b(?:[0-9a-fA-F]{2}[:\-]){5}[0-9a-fA-F]{2}\b"),
    ("jwt", r"\beyJ[\w\-]+\.[\w\-]+\.[\w\-]*"),
    ("hash", r"\b(?:[0-9a-f]{64}|[0-9A-F]{64}|[0-9a-f]{40}|[0-9A-F]{40}|[0-9a-f]{32}|[0-9A-F]{32}|[0-9a-f]{24})\b"),
    ("hex", r"\b0[xX][0-9a-fA-F]+\b|#[0-9a-fA-F]{6}\b"),
    ("duration", r"\b\d+(?:\.\d+)? ?(?:ns|us|µs|ms|msec|secs?|seconds?|mins?|minutes?|hours?|hrs?|days?|s|m|h)\b"),
    ("size", r"\b\d+(?:\.\d+)? ?(?:[kKMGT]i?B|bytes?)\b"),
    ("version", r"\bv\d+(?:\.\d+)+(?:[\-+][\w.]+)?\b|\b\d+\.\d+\.\d+(?:[\-+.][\w.]+)?\b"),
    (
        "path",
        r"(?:[a-zA-Z]:\\|\\\\)[^\s\"'<>|:*?]+|/(?:home|Users|tmp|var|private|opt|srv|mnt|data|root)/[^\s\"'<>:,;)\]]+",
    ),
    ("quoted", r"\"[^\"\n]{0,200}\"|`[^`\n]{1,200}`"),
    ("quoted_single", r"(?:^|[\s(\[{=:,])'[^'\n]{0,200}'"),
    # Identifiers with digits in them: ord_8f3kd92, i-0a1b2c3d4e5f, req-77; at least two digits, and a letter or mark.
    ("id", r"\b(?:[0-9]+[a-zA-Z_\-]+[0-9]+|[a-zA-Z]+[_\-][0-9]+|[a-zA-Z]*[0-9]+[a-zA-Z]+[0-9])[a-zA-Z0-9_\-]*\b"),
    ("float", r"[-+]?\b\d+\.\d+(?:[eE][-+]?\d+)?\b"),
    ("int", r"\b\d+(?:,\d{3})*\b|-\d+\b"),
)
_PATTERN = compiled("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PLACEHOLDERS))
_MAY_HOLD_A_VALUE = compiled(r"[0-9\"'`@\\]|/[a-zA-Z]+/|://|data:")
_SHORT_PERCENT = compiled(r"%(?:\([^)]*\))?[-+ #0]*[\d.*]*[a-zA-Z]|\{[\w.!:\[\]]*\}|\$\{?\w+\}?")
_WORD = compiled(r"\pL\pL")


def message_pattern(text: str) -> str:
    """Give the message with a word such as `<int>` in place of each value; equal for messages of one kind."""
    return _pattern(text[:LONGEST])


def is_template(text: str) -> bool:
    """Tell whether a template says anything itself, unlike `%s` or `{}`."""
    return bool(_WORD.search(_SHORT_PERCENT.sub("", text[:LONGEST])))


@lru_cache(KEPT_MESSAGES)
def _pattern(text: str) -> str:
    text = text.strip()
    if not _MAY_HOLD_A_VALUE.search(text):
        return text
    replaced: str = _PATTERN.sub(_placeholder, text)
    return replaced


def _placeholder(found: Any) -> str:
    name = found.lastgroup
    if name == "quoted_single":  # the mark before the quote is not part of it, so that `can't` and `don't` stay
        text = found.group()
        return ("" if text[0] == "'" else text[0]) + "<quoted>"
    if name == "quoted" and len(found.group()) == 2:
        return '""'
    return f"<{name}>"
