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
_NAME_OF_DAY = rf"\b(?:{_DAY},? )?"
_HEX = "[0-9a-fA-F]"
_URL_END = r"[^\s\"'<>`|\\^{}\[\]"

_KEPT = "kept"
"""Numbers that are names: errno, Oracle, SQLSTATE, Win32, minified React, HTTP status, encodings and ciphers."""

_ALTERNATIVES: dict[str, tuple[str, ...]] = {
    _KEPT: (
        r"\[(?:Errno|WinError) \d+\]",
        r"\bORA-\d{5}\b",
        r"\bSQLSTATE\[\w+\]",
        r"\bMinified React error #\d+",
        r"\b[sS]tatus(?: [cC]ode)?:? \d{3}\b",
        r"\b(?:utf|UTF|iso|ISO|sha|SHA|aes|AES)-\d[\d\-]*\b",
    ),
    "url": (rf"\b[a-zA-Z][a-zA-Z0-9+.\-]{{1,15}}://{_URL_END}]*{_URL_END},.;:!?)]", r"\bdata:[a-z]+/[^\s\"']+"),
    "email": (r"[a-zA-Z0-9._%+\-]+@[a-zA-Z0-9\-]+(?:\.[a-zA-Z0-9\-]+)*\.[a-zA-Z]{2,}\b",),
    "uuid": (rf"\b{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}\b",),
    "date": (
        rf"\b\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_TIME}{_ZONE})?",
        rf"\b\d{{4}}/\d{{2}}/\d{{2}}(?: {_TIME})?",
        rf"\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)\d{{2}}(?:,? {_TIME})?",
        rf"{_NAME_OF_DAY}\d{{1,2}}[ \-]{_MONTH}[ \-]\d{{4}}(?: {_TIME}{_ZONE})?",
        rf"{_NAME_OF_DAY}{_MONTH} \d{{1,2}},?(?: {_TIME}(?: [A-Z]{{3,4}})?)?(?: \d{{4}})?\b",
        rf"\b\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d+)?{_ZONE}",
    ),
    "ip": (
        r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:/\d{1,2})?\b",
        rf"\b(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}\b",
        rf"\b(?:{_HEX}{{1,4}}:){{1,6}}(?::{_HEX}{{1,4}}){{1,6}}\b",
        r"::1\b",
    ),
    "mac": (rf"\b(?:{_HEX}{{2}}[:\-]){{5}}{_HEX}{{2}}\b",),
    "jwt": (r"\beyJ[\w\-]+\.[\w\-]+\.[\w\-]*",),
    "hash": (*(rf"\b(?:[0-9a-f]{{{n}}}|[0-9A-F]{{{n}}})\b" for n in (64, 40, 32)), r"\b[0-9a-f]{24}\b"),
    "hex": (r"\b0[xX][0-9a-fA-F]+\b", r"#[0-9a-fA-F]{6}\b"),
    "duration": (r"\b\d+(?:\.\d+)? ?(?:ns|us|µs|ms|msec|secs?|seconds?|mins?|minutes?|hours?|hrs?|days?|s|m|h)\b",),
    "size": (r"\b\d+(?:\.\d+)? ?(?:[kKMGT]i?B|bytes?)\b",),
    "version": (r"\bv\d+(?:\.\d+)+(?:[\-+][\w.]+)?\b", r"\b\d+\.\d+\.\d+(?:[\-+.][\w.]+)?\b"),
    "path": (
        r"(?:[a-zA-Z]:\\|\\\\)[^\s\"'<>|:*?]+",
        r"/(?:home|Users|tmp|var|private|opt|srv|mnt|data|root)/[^\s\"'<>:,;)\]]+",
    ),
    "quoted": (r"\"[^\"\n]{0,200}\"", r"`[^`\n]{1,200}`"),
    # A single quote opens after space or a bracket only: `can't` and `don't` are words.
    "quoted_single": (r"(?:^|[\s(\[{=:,])'[^'\n]{0,200}'",),
    "float": (r"(?:\B[-+])?\b\d+(?:\.\d+(?:[eE][-+]?\d+)?|[eE][-+]?\d+)\b",),
    # ord_8f3kd92, i-0a1b2c3d4e5f, req-77: letters and at least two digits; `mp3`, `utf8` and `base64` are words.
    "id": (
        r"\b(?:[a-zA-Z]+[_\-])*[a-zA-Z]*\d+[a-zA-Z]+\d[\w\-]*\b",
        r"\b(?:[a-zA-Z]+[_\-])+\d{2,}[\w\-]*\b",
        r"\b\d+[a-zA-Z_\-]+\d[\w\-]*\b",
    ),
    "int": (r"(?:\B[-+])?\b\d+(?:,\d{3})*\b",),
}
_PATTERN = compiled("|".join(f"(?P<{name}>{'|'.join(forms)})" for name, forms in _ALTERNATIVES.items()))
_MAY_HOLD_A_VALUE = compiled(r"[0-9\"'`@\\]|/[a-zA-Z]+/|://|data:|:[A-F]{2}:")
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
    if name == _KEPT:
        return str(found.group())
    if name == "quoted_single":  # the mark before the quote is not part of it, so that `can't` and `don't` stay
        text = found.group()
        return ("" if text[0] == "'" else text[0]) + "<quoted>"
    if name == "quoted" and len(found.group()) == 2:
        return '""'
    return f"<{name}>"
