"""Credentials that say by their own form what they are: tokens with a vendor's prefix, key blocks, auth headers.

The forms of tokens are a table of their own, `vendors.py`.
"""

from collections.abc import Iterator
from heapq import merge

from errata.stages.scrub.finders import Match, Span, accepted, regex, whole
from errata.stages.scrub.finders.vendors import FORMATS

_SIGNED = (
    rb"[?&;](?i:sig|signature|hmac|key|code|sid|session|awsaccesskeyid"
    rb"|x-amz-(?:signature|credential|security-token))="
)
"""Parameters of a URL that let its bearer in; `hash` is not one: it names files."""

HINT = b"|".join((*(core for _, core, _ in FORMATS), _SIGNED))
# What stands right before must not belong to the token: `task-...` holds no `sk-...`. The second group is the value of
# a parameter.
_TOKEN = regex(
    rb"(?:^|[^0-9A-Za-z_])((?:"
    + b"|".join(form for _, _, form in FORMATS)
    + rb"))|"
    + _SIGNED
    + rb"([0-9A-Za-z%+/=_.~-]{16,})"
)

_DIGIT = regex(rb"[0-9]")

_LINE_END = rb"(?:\r?\n|\\r\\n|\\n)?"
# Public keys too, as Sentry does: which of the two it is, a text that was cut or mangled no longer tells.
PEM_HINT = rb"P(?:RIVATE|UBLIC) KEY(?: BLOCK)?-----"
_PEM = regex(
    rb"-----BEGIN [A-Z0-9 ]{0,40}" + PEM_HINT + _LINE_END + rb"([^\x00]*?)" + _LINE_END
    + rb"(?:-----END [A-Z0-9 ]{0,40}" + PEM_HINT + rb"|\x00|$)"
)  # fmt: skip

_SCHEMES = rb"(?i:bearer|basic|negotiate|ntlm|ssws)[ +]"
SCHEME_HINT = _SCHEMES + rb"+[0-9A-Za-z._~+/=-]{4}"
_SCHEME = regex(rb"\b" + _SCHEMES + rb"{1,4}([0-9A-Za-z._~+/%-]{8,}={0,2})")

_ANY_BEARER = rb"(?i)\bbearer\s+([^\s\x00\[][^\s\x00]*)"
_BEARER = whole(_ANY_BEARER, group=1)
ANY_SCHEME_HINT = SCHEME_HINT + rb"|" + _ANY_BEARER

_USER = rb"://([^\s/?#\"'<>\x00:@]*:"
_DATABASE = (
    rb"(?i:postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|oracle|clickhouse|cockroachdb|"
    rb"kafka|nats|smtps?|s?ftp|ldaps?)(?:\+[0-9a-z]+)?"
)
_USERINFO = (
    # A password may hold `@` itself, so the last one counts; but not one in what comes after the host.
    regex(_USER + rb"([^\s\"'<>\x00@/]+(?:@[^\s\"'<>\x00@/?#,;|&]*)*))@"),
    # It may hold `/`, too, where what stands there cannot be a port.
    regex(_DATABASE + _USER + rb"([^\s\"'<>\x00@/]*[^0-9\s\"'<>\x00@/][^\s\"'<>\x00@/]*/[^\s\"'<>\x00@]*))@"),
)
URL_HINT = rb"://[^\s/?#\"@:]*:[^\s\"@]+@"


def find_tokens(text: bytes) -> Iterator[Span]:
    """Give the spans of API tokens and keys in any vendor's format."""
    return accepted(_TOKEN, text, _token)


def _token(text: bytes, match: Match) -> Span | None:  # noqa: ARG001 - what `accepted` calls
    group = 1 if match[1] is not None else 2
    found, span = match[group], match.span(group)
    # A word is no secret: `s.` begins a member of an object, `?key=` often says which text is meant.
    wordlike = (group == 2 or found.startswith(b"s.")) and not _DIGIT.search(found)
    return None if wordlike else span


def find_pem_keys(text: bytes) -> Iterator[Span]:
    """Give the spans of what stands between the lines of a private key; up to the end when it was cut off."""
    for match in _PEM.finditer(text):
        if match.start(1) < match.end(1):
            yield match.span(1)


def find_bearers(text: bytes) -> Iterator[Span]:
    """Give the spans of credentials after an authentication scheme; words after it (`basic authentication`) stay."""
    return accepted(_SCHEME, text, _credential)


def find_all_bearers(text: bytes) -> Iterator[Span]:
    """Give the spans of those, and of whatever else follows `Bearer`: for those who ask for them."""
    return merge(find_bearers(text), _BEARER(text))


def _credential(text: bytes, match: Match) -> Span | None:  # noqa: ARG001 - what `accepted` calls
    credential, span = match[1], match.span(1)
    said = _DIGIT.search(credential) or (len(credential) >= 16 and credential.lower() != credential)
    return span if said else None


def find_passwords_in_urls(text: bytes) -> Iterator[Span]:
    """Give the spans of passwords in `scheme://user:password@host`."""
    return merge(*(accepted(pattern, text, _password) for pattern in _USERINFO))


def _password(text: bytes, match: Match) -> Span | None:  # noqa: ARG001 - what `accepted` calls
    span: Span = match.span(2)
    return None if match[2] == b"[Filtered]" else span


def find_userinfo(text: bytes) -> Iterator[Span]:
    """Give the spans of user and password in `scheme://user:password@host`."""
    return merge(*((match.span(1) for match in pattern.finditer(text)) for pattern in _USERINFO))
