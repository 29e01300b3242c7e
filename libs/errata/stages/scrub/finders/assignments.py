"""Secrets that a text names: `password=x`, `"api_key": "x"`, `Authorization: Basic x`, `?token=x`, `--password x`.

So JSON, form data, query strings, cookies, headers, connection strings, command lines and `repr` of objects are found
wherever they are quoted in a text, at any depth of escaping, without parsing any of them.
"""

from collections.abc import Iterator

from errata.stages.scrub.finders import Match, Regex, Span, regex
from errata.stages.scrub.keys import WORKING_FOLDER, candidate, names_secret

_CANDIDATE = candidate(r"[0-9A-Za-z_.$-]*", border="")
_NAME = _CANDIDATE + r"\]?"

HINT = (
    _NAME + r"(?:\\*[\"'`]|%22)?(?:\\[bfnrt]|\s)*(?:[:=,]|%3[dDaA])"
    r"|(?i:--[0-9a-z_-]*)" + _CANDIDATE
    + r"|(?:SECRET|TOKEN|PASSW|CREDENTIAL|_KEY|_PASS|_PWD|_AUTH)[0-9A-Z_]*\s{1,4}[^\s]{8}"
).encode()  # fmt: skip

_NAMED = regex(
    (
        _NAME + r"(\\{0,7}[\"'`]|%22)?"  # 1: its closing quote
        r"(\s{0,4}(?:=>|:=|[:=,]|%3[dDaA])\s{0,4}|\s)"  # 2: what stands between
        r"((?:[bBuUrRfF]?\\{0,7}[\"'`])|%22)?"  # 3: the value's opening quote
    ).encode()
)
_BARE = regex(rb"(?:[^\s,;&\"'`\x00|\\]|\\+[^\s\"'`\\nrt\x00])+")
_LINE = regex(rb"[^\r\n\x00\\]+")
_LINES = {quote: regex(rb"[^\r\n\x00\\" + quote + rb"]+") for quote in (b'"', b"'", b"`")}
"""The rest of a line, after a name that stands after a quote."""
_SCHEME = regex(rb"(?i)^(?:basic|bearer|digest|negotiate|ntlm|token|apikey|hawk|aws4-hmac-sha256)\b")
_PARSER_TALK = regex(rb"(?i)(?:unexpected|invalid|illegal|missing|expected|unknown|bad|reserved|next|current)\s{0,2}$")
_SAID = regex(rb"[0-9$@!#%^*+/=_~]|.[.?:-].")
_PARSER_AT = regex(rb"(?i)\b(?:unexpected|expected|illegal|unknown|next|current|last|previous|peek)\s{1,2}token$")
_SHORTEST_TOKEN = 16
"""Bytes; what a parser quotes as its next token is shorter, a credential is not."""
_SHORTEST_SHOWN = 8
_COUNTS = regex(
    rb"(?i)\b(?:fail|skip|error|warn|total)[a-z]{0,6}\W{1,4}[0-9]|[0-9]\W{1,3}(?:fail|skip|error|warn|total)"
)
_COUNT_NEAR = 40
_WHOLE_LINE = frozenset(("cookie", "set-cookie", "authorization", "proxy-authorization"))
_NOTHING = frozenset(
    (b"none", b"null", b"nil", b"true", b"false", b"undefined", b"[filtered]", b"filtered", b"string", b"str")
)

MOST_NAMES = 2000
"""In one search; of a text that goes on naming secrets the rest is taken for one."""

_NAME_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-$[]")
_LONGEST_NAME = 64
_LONGEST_VALUE = 16_384
_BACKSLASH = ord("\\")
_CLOSES = {ord("{"): ord("}"), ord("["): ord("]"), ord("("): ord(")")}


def find_assignments(text: bytes) -> Iterator[Span]:
    """Give the spans of values that a text assigns to names of secrets; quotes around them stay."""
    position = names = 0
    while (match := _NAMED.search(text, position)) is not None:
        name_start = _start_of_name(text, match.start())
        name = text[name_start : _end_of_name(text, match)]
        names += 1
        if names > MOST_NAMES:
            limit = text.find(b"\0", match.end())
            position = len(text) if limit < 0 else limit
            yield match.start(), position
            continue
        if name.endswith(b"--"):  # the line above a private key
            position = match.end()
            continue
        value = _value(text, match, name_start, name.decode("utf-8", "replace").strip(".-$[]"))
        if value is None:
            position = max(match.start() + 1, match.end(2) - 1)
            continue
        yield value
        position = value[1]


def is_quoted_value(text: bytes, start: int) -> bool:
    """Say whether a value that was found is a quoted text, assigned: in source code, `token = get()` says nothing."""
    before = text[max(0, start - 20) : start]
    return before[-1:] in (b'"', b"'", b"`") and before.rstrip(b"\"'`\\bBuUrRfF \t")[-1:] in (b"=", b":", b">")


def _start_of_name(text: bytes, start: int) -> int:
    least = max(0, start - _LONGEST_NAME)
    while start > least and text[start - 1] in _NAME_BYTES:
        start -= 1
    return start


def _end_of_name(text: bytes, match: Match) -> int:
    end: int = match.start(1) if match.start(1) >= 0 else match.start(2)
    return end - (text[end - 1 : end] == b"]")


def _value(text: bytes, match: Match, name_start: int, name: str) -> Span | None:
    """Give the span of the value that follows a name; None when the name is none or nothing is said of it."""
    closing, between, opening = (match[group] or b"" for group in (1, 2, 3))
    start: int = match.end()
    between = between.strip()
    option = text[name_start : name_start + 2] == b"--"
    if (
        between == b","
        and not option
        and not (
            closing and opening and text[name_start - 1 - closing.count(b"\\") - 1 : name_start][:1] in (b"(", b"[")
        )
    ):
        return None
    if not between and not option:
        return _after_blank(text, start, name)
    if not names_secret(name) and (
        name not in WORKING_FOLDER or text[start : start + 2].strip(b"\"'")[:1] in (b"/", b"")
    ):
        return None
    if opening:
        end = closing_quote(text, start, opening.lstrip(b"bBuUrRfF"))
        if end - start < _SHORTEST_TOKEN and _PARSER_AT.search(text[max(0, name_start - 20) : name_start + len(name)]):
            return None
        return (start, end) if is_secret(text[start:end]) else None
    if text[start : start + 1] in (b"{", b"[", b"("):
        if text[start : start + 10] == b"[Filtered]":
            return None
        end = _closing_bracket(text, start)
        return (start + 1, end) if end > start + 1 else None
    wants_line = between == b":" and name.lower().rpartition(".")[2] in _WHOLE_LINE
    if wants_line or _SCHEME.search(text[start : start + 20]):
        return _rest_of_line(text, start, text[name_start - 1 : name_start])
    bare = _BARE.match(text, start)
    if bare is None or not is_secret(bare[0]):
        return None
    end = start + len(bare[0].rstrip(b".:<>(){}[]"))
    near = text[max(0, name_start - _COUNT_NEAR) : end + _COUNT_NEAR]
    if name.lower() == "pass" and text[start:end].isdigit() and _COUNTS.search(near):
        return None  # a summary of tests: `pass: 3 fail: 0`
    if between == b":" and not closing and _is_prose(text, name_start, start, end):
        return None
    return (start, end) if end > start else None


def _after_blank(text: bytes, start: int, name: str) -> Span | None:
    """Give the span of what a listing of variables shows after a name in capitals: `AWS_SECRET_ACCESS_KEY wJal7...`."""
    if not (name.isupper() and "_" in name and names_secret(name)):
        return None
    value = _BARE.match(text, start)
    if value is None or len(value[0]) < _SHORTEST_SHOWN or not _SAID.search(value[0]):
        return None
    return start, value.end()


def _rest_of_line(text: bytes, start: int, before: bytes) -> Span | None:
    """Give the span of a header's value, quotes in it included: `Digest username="x", response="y"`.

    Where the whole header is quoted, as in `curl -H '...'`, it ends with that quote.
    """
    pattern: Regex = _LINES.get(before, _LINE)
    line = pattern.match(text, start)
    value = line[0].rstrip() if line is not None else b""
    return (start, start + len(value)) if is_secret(value.strip()) else None


def is_secret(value: bytes) -> bool:
    """Say whether a value says anything: not empty, not a literal of a language, not already redacted."""
    return bool(value) and value.strip(b"*").lower() not in _NOTHING and value.strip(b"*.") != b""


def _is_prose(text: bytes, name_start: int, start: int, end: int) -> bool:
    """Tell `Unexpected token: x` and `Invalid password: must be ...` from `password: hunter`.

    A sentence goes on after its word; a secret stands alone, or has characters that words have not.
    """
    if _PARSER_TALK.search(text[max(0, name_start - 12) : name_start]):
        return True
    if _SAID.search(text[start:end]):
        return False
    return text[end : end + 1] == b" " and text[end + 1 : end + 2].isalpha()


def closing_quote(text: bytes, start: int, opening: bytes) -> int:
    """Give where a quoted value ends: at the same quote, equally escaped; at the leaf's end when it was cut off.

    A quote inside an escaped string carries more backslashes than the string's own: with b backslashes at the opening,
    b + k * (b + 1) of them close it when k is even, and stand for a quote in the value when k is odd.
    """
    limit = text.find(b"\0", start)
    limit = len(text) if limit < 0 else limit
    if opening == b"%22":
        found = text.find(opening, start, limit)
        return limit if found < 0 else found
    quote, own = opening[-1:], len(opening) - 1
    position = start
    while (found := text.find(quote, position, limit)) >= 0:
        backslashes = 0
        while found - backslashes > start and text[found - backslashes - 1] == _BACKSLASH:
            backslashes += 1
        if backslashes < own or (backslashes - own) // (own + 1) % 2 == 0:
            return found - min(backslashes, own)
        position = found + 1
    return limit


def _closing_bracket(text: bytes, start: int) -> int:
    """Give where the bracket at `start` closes, quoted brackets left out; at the leaf's end when it does not, or when
    it is longer than anyone would write: this loop is Python's, so it is bounded.
    """
    expected = [_CLOSES[text[start]]]
    quote = 0
    position = start + 1
    limit = text.find(b"\0", start)
    limit = len(text) if limit < 0 else limit
    while position < min(limit, start + _LONGEST_VALUE):
        byte = text[position]
        if byte == _BACKSLASH:
            position += 1
        elif quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte in _CLOSES:
            expected.append(_CLOSES[byte])
        elif byte == expected[-1]:
            expected.pop()
            if not expected:
                return position
        position += 1
    return limit
