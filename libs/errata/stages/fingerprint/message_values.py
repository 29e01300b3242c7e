"""What is a value in a message, and what only looks like one: the table that `messages.py` makes its pattern of.

Alternatives are tried in order at each place, the more special first. A code names the error, so numbers stay where a
word says that they are one: `HTTP 404`, `errno 2`, `exit code 1`.
"""

from collections.abc import Callable
from typing import Any

from errata.stages.fingerprint.patterns import compiled

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
_ZONE_NAME = r"(?:Z|UTC|GMT|WEST|WET|BST|CEST|CET|EEST|EET|MSK|IST|SGT|HKT|JST|KST|AE[SD]T|[ECMP][SD]T)\b"
_ZONE = rf"(?: ?{_ZONE_NAME})?(?: ?[+-]\d{{2}}:?\d{{2}}\b)?(?: \([A-Z][A-Za-z ]{{2,40}}\))?"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp]\.?[Mm]\b\.?)?"
_NAME_OF_DAY = rf"\b(?:{_DAY},? )?"
_HEX = "[0-9a-fA-F]"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_URL_END = r"[^\s\"'<>`|\\^{}\[\]"
_OBJECT = r"[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}"
_UNITS = (
    r"(?:milli|micro|nano)?seconds?|ns|us|[µμ]s|ms|msec|millis|secs?|s|mins?|minutes?|m|hours?|hrs?|h|days?|d|weeks?|"
    r"months?|years?"
)
_OPEN, _CLOSE = r"\"'`\x{2018}\x{201c}", r"\"'`\x{2019}\x{201d}"

_REASONS = (
    "Client Error|Server Error|OK|Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|"
    "Not Acceptable|Request Time-?out|Conflict|Gone|Precondition Failed|Payload Too Large|Unsupported Media Type|"
    "Unprocessable|Locked|Too Many Requests|Internal Server Error|Not Implemented|Bad Gateway|Service Unavailable|"
    "Gateway Time-?out"
)
_CODED = (
    r"errno|winerror|hresult|ntstatus|signal|status|http(?:/\d(?:\.\d)?)?|"
    r"(?:http|exit|response|grpc)[ _\-]?(?:status|error)(?:[ _\-]?code)?|"
    r"(?:error|err|exit|status|response|result|return(?:ed)?|reason|close|http|grpc|vendor|failure|native|with)"
    r"[ _\-]?code|(?:error|err|vendor|native)[ _\-]?(?:number|no)"
)
_NAMED = (
    r"propert(?:y|ies)|attribute|method|function|module(?: named)?|class|variable|column|relation|table|reading|"
    r"setting|import(?: name)?|package|interface|symbol|constant|trait|struct|enum|constraint|field|argument|"
    r"parameter|directive|component|identifier|type"
)

VALUES: dict[str, tuple[str, ...]] = {
    "kept": (
        rf"(?i:\b(?:{_CODED})[ :=#(\"'\[\-_]{{0,3}}(?:is |was |of )?(?:0x[0-9a-f]{{1,8}}|-?\d{{1,5}})\b)",
        r"\bSQLSTATE\W{0,3}[0-9A-Z]{5}\b",
        rf"\b[1-5]\d\d:? (?:{_REASONS})\b",
        r"\b[eE]rror[ \-_]\d{3,5}\b",  # MySQL: Error 1062
        r"\b(?:ORA|TNS|PLS|DPI|DPY|NJS)-\d{2,5}\b",
        r"\bMinified React error #\d+",
        r"(?i:\b(?:utf|ucs|iso|sha|aes|rsa|des|ipv|windows|cp|latin|rfc|base|tls|ssl)-\d[\d\-]*\b)",
        r"(?i:\bx86[_\-]64\b)",
    ),
    "url": (
        rf"\b[a-zA-Z][a-zA-Z0-9+.\-]{{1,15}}://{_URL_END}]*{_URL_END},.;:!?)]",
        rf"\bwww\.{_URL_END}]*{_URL_END},.;:!?)]",
        r"\bdata:[a-z]+/[^\s\"']+",
    ),
    "json": (rf"\{{ ?[\"'](?:{_OBJECT})*\}}",),
    "key_of_cut_json": (r"[{,] ?\"[a-zA-Z_][a-zA-Z_.\-]{0,40}\" ?:",),
    "email": (r"[a-zA-Z0-9._%+\-]+@[a-zA-Z0-9\-]+(?:\.[a-zA-Z0-9\-]+)*\.[a-zA-Z]{2,}\b",),
    "uuid": (rf"\{{{_UUID}\}}", rf"\b(?:urn:uuid:)?{_UUID}\b"),
    "mac": (rf"\b(?:{_HEX}{{2}}[:\-]){{5,63}}{_HEX}{{2}}\b", rf"\b(?:{_HEX}{{4}}\.){{2}}{_HEX}{{4}}\b"),
    "date": (
        rf"\b\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]{_TIME}{_ZONE})?",
        rf"\b\d{{4}}/\d{{2}}/\d{{2}}(?: {_TIME}{_ZONE})?",
        r"\b(?:19|20)\d{6}[T_\-]\d{6}(?:\.\d+)?Z?\b",
        rf"\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:19|20)\d{{2}}(?:,? {_TIME}{_ZONE})?",
        rf"{_NAME_OF_DAY}\d{{1,2}}[ /\-]{_MONTH}[ /\-]\d{{4}}(?:[ :]{_TIME}{_ZONE})?",
        rf"{_NAME_OF_DAY}{_MONTH} \d{{1,2}},? \d{{4}}\b(?:,? {_TIME}{_ZONE})?",
        rf"{_NAME_OF_DAY}{_MONTH} \d{{1,2}}\b(?:,? {_TIME}{_ZONE}(?: \d{{4}}\b)?)?",
        rf"\b\d{{1,2}}:\d{{2}}:\d{{2}}(?:[.,]\d+)?(?: ?[AaPp]\.?[Mm]\b\.?)?{_ZONE}",
        r"\b\d{1,2}:\d{2} ?[AaPp]\.?[Mm]\b\.?",
    ),
    "ip": (
        r"\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:/\d{1,2})?\b",
        rf"\b(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}\b",
        rf"\b(?:{_HEX}{{1,4}}:){{1,6}}(?::{_HEX}{{1,4}}){{1,6}}(?:%\w+)?\b",
        rf"::(?:ffff:(?:\d{{1,3}}\.){{3}}\d{{1,3}}|{_HEX}{{1,4}}(?::{_HEX}{{1,4}})*)\b",
    ),
    "jwt": (r"\beyJ[\w\-]{6,}(?:\.[\w\-]*){0,2}",),
    "hex": (r"\b0[xX][0-9a-fA-F]+\b", r"#[0-9a-fA-F]{6}\b"),
    "object": (r"[@{][0-9a-f]{5,8}\b",),  # Cart@1b28cdfa, CartFragment{35acebf}
    "encoded": (r"[\w.~\-]*(?:%[0-9A-Fa-f]{2}[\w.~\-]*)+",),
    "duration": (
        rf"\b\d+(?:[.,]\d+)? ?(?:{_UNITS})\b",
        r"\b(?:\d+(?:\.\d+)?(?:ns|us|[µμ]s|ms|s|m|h|d) ?)+\b",  # Go: 1h2m3.5s
        r"\bP(?:\d+[YMWD])*T(?:\d+(?:\.\d+)?[HMS])+\b",
    ),
    "size": (r"\b\d+(?:[.,]\d+)? ?(?:[kKMGTP]i?[bB]|bytes?|[KMGT])\b",),
    "number_grouped": (
        r"(?:\B[-+\x{2212}])?\b\d{1,3}(?:[,'_\x{2019}\x{a0}\x{2009}\x{202f}]\d{3})+(?:[.,]\d+)?\b",
        r"(?:\B[-+\x{2212}])?\b\d{1,3}(?:\.\d{3})+(?:,\d+|\.\d{3})\b",
    ),
    "version": (r"\bv\d+(?:\.\d+)+(?:[\-+][\w.]+)?\b", r"\b\d+\.\d+\.\d+(?:[\-+.][\w.]+)?\b"),
    "path": (
        # A space goes on with the path when a folder follows: C:\Program Files\shop.
        r"(?:[a-zA-Z]:\\|\\\\)[^\s\"'<>|:*?]+(?: [^\s\"'<>|:*?\\]+\\[^\s\"'<>|:*?]*)*",
        r"/(?:home|Users|tmp|var|private|opt|srv|mnt|data|root|usr|proc|run|builds?|Volumes|workspace)/[^\s\"'<>:,;)\]]+",
    ),
    "named": (
        rf"(?i:\b(?:{_NAMED}):? [{_OPEN}][\w$#.\\:/@<>\-]{{1,80}}[{_CLOSE}])",
        rf"(?i:\bname '[\w.]{{1,80}}' is not defined|[{_OPEN}]\w{{1,80}}[{_CLOSE}] object\b)",
    ),
    "quoted": (
        r"\"[^\"]{0,200}\"",
        r"`[^`']{1,200}[`']",
        *(
            rf"{opening}[^{opening}{closing}]{{0,200}}[{closing}]"
            for opening, closing in (
                (r"\x{201c}", r"\x{201d}"),
                (r"\x{201e}", r"\x{201c}\x{201d}"),
                (r"\x{2018}", r"\x{2019}"),
                ("«", "»"),
                (r"\x{2039}", r"\x{203a}"),
            )
        ),
    ),
    # A single quote opens after space or a bracket only: `can't` and `don't` are words.
    "quoted_single": (r"(?:^|[\s(\[{=:,])'[^']{0,200}'",),
    "token": (r"\b[\w\-]*(?:[a-zA-Z_][\w\-]*\d|\d[\w\-]*[a-zA-Z_])[\w\-]*\b",),
    "number": (r"(?:\B[-+\x{2212}])?\b\d+(?:\.\d+)?(?:[eE][-+]?\d+)?\b",),
}

FOLDABLE = ("number", "id", "hex", "quoted", "json", "path", "url", "email", "ip", "date", "size")
"""Kinds whose lists are folded to one."""

_CODE_IN_JSON = compiled(
    r"[\"'](?i:error|(?:error|status)?_?code|reason|status)[\"'] ?: ?"
    r"(?:[\"']([A-Za-z][A-Za-z_.\-]{1,60})[\"']|(-?\d{1,5})\b)"
)
_QUOTE = compiled(f"[{_OPEN}]")
_SEPARATOR = compiled(r"[_\-]+")
_RUNS = compiled(r"[a-zA-Z]+|\d+")
_NUMBER_IN_WORD = compiled(r"\b\d+\b")
_FLOAT = compiled(r"\d+[eE][-+]?\d+")
# sha256, x86, http2, es2015, error404: words and codes that end in digits.
_WORD = compiled(
    r"(?i)(?:sha|md|crc|utf|ucs|base|u?int|float|fp|x|i|aes|rsa|des|ed|p|secp|win|arm|amd|ip|ipv|https?|oauth|mp|h|es|ecma|"
    r"iso|cp|gb|rfc|v|py|python|node|php|java|log4j|error|err|status|code|port|sqlite)\d+(?:[krv]\d|x)?"
)


def replacement(found: Any) -> str:
    """Give what stands for a match of the table in a pattern: a word in angle brackets, or the text itself."""
    name = found.lastgroup
    special = _SPECIAL.get(name)
    return special(found.group()) if special else f"<{name}>"


def _json(text: str) -> str:
    """Keep the code of an error that a service answered: it tells errors apart as a status does."""
    code = _CODE_IN_JSON.search(text)
    return f"<json {code.group(1) or code.group(2)}>" if code else "<json>"


def _named(text: str) -> str:
    """Keep the name of a property, a column or the like, unless it is full of digits."""
    if sum(char.isdigit() for char in text) <= 2:
        return text
    return text[: _QUOTE.search(text).start()] + "<quoted>"


def _quoted_single(text: str) -> str:
    """Leave what stands before the quote, for it is only there to tell quotes from apostrophes."""
    return ("" if text[0] == "'" else text[0]) + _quoted(text.lstrip(" ([{=:,\t"))


def _quoted(text: str) -> str:
    """Keep empty quotes: that nothing stood there can be the error."""
    return text if len(text) == 2 else "<quoted>"


def _with_digit(word: str) -> Callable[[str], str]:
    """Give a replacement by a word for what has a digit: `Foo@decade` is no object, `dead::beef` no address."""
    return lambda text: word if any(char.isdigit() for char in text) else text


def _object(text: str) -> str:
    return text[0] + "<hex>" if any(char.isdigit() for char in text) else text


def _token(token: str) -> str:
    """Tell an id (`ord_8f3kd92`, `i-0a1b2c3d`, `user_123`) from a word with digits (`mp3`, `us-east-1`, `CS0103`)."""
    if _FLOAT.fullmatch(token):
        return "<number>"
    pieces = [piece for piece in _SEPARATOR.split(token) if piece]
    is_id = any(map(_is_id, pieces)) or any(map(_is_number, pieces[1:]))
    return "<id>" if is_id else _NUMBER_IN_WORD.sub("<number>", token)


def _is_number(piece: str) -> bool:
    """Tell whether a part behind a dash is an id: it has two digits or more, unlike the last one of `us-east-1`."""
    return sum(char.isdigit() for char in piece) > 1 and not _WORD.fullmatch(piece)


def _is_id(piece: str) -> bool:
    """Tell whether a token without dashes is an id: letters and digits by turns, or letters with a long number."""
    digits = sum(char.isdigit() for char in piece)
    if digits in (0, len(piece)) or _WORD.fullmatch(piece):
        return False
    runs = _RUNS.findall(piece)
    if len(runs) > 2:
        return (digits > 2 and len(piece) > 5) or (digits > 1 and len(piece) > 15)
    return digits > 2 and runs[0].islower() and len(runs[0]) > 1


_SPECIAL: dict[str, Callable[[str], str]] = {
    "kept": str,
    "key_of_cut_json": str,
    "json": _json,
    "named": _named,
    "quoted": _quoted,
    "quoted_single": _quoted_single,
    "object": _object,
    "ip": _with_digit("<ip>"),
    "mac": lambda _: "<mac>",
    "uuid": lambda _: "<id>",
    "number_grouped": lambda _: "<number>",
    "token": _token,
}
