"""What names a person: e-mail addresses, US social security numbers, home folders; and UUIDs."""

from collections.abc import Iterator

from errata.stages.scrub.finders import Match, Span, accepted, regex
from errata.stages.scrub.finders.owners import MOST, find_owner

# Something before the `@`, which a decorator in Python has not.
EMAIL_HINT = (
    rb"(?:[0-9A-Za-z!#$&'*+/=?^_`{|}~.-]|[^\x00-\x7f])(?:@|%40)(?:(?:[0-9A-Za-z-]|[^\x00-\x7f])+\.)+[A-Za-z]{2}"
)
_EMAIL = regex(
    rb"(?i)((?:[0-9a-z!#$&'*+/=?^_`{|}~.-]|[^\x00-\x7f]|%2b){1,64}"
    rb"(?:@|%40)"
    rb"(?:(?:[0-9a-z]|[^\x00-\x7f])(?:[0-9a-z-]|[^\x00-\x7f]){0,62}\.){1,8}(?:[a-z]{2,24}|xn--[0-9a-z-]{2,59}))"
)
_LOCAL_START = regex(rb"(?i)[0-9a-z_]|[^\x00-\x7f]")

_PUNCTUATION = bytes.maketrans(b"=/'`|{&?*", b"=" * 9)
"""For `translate`: all of it becomes `=`, so that one look finds the last of any."""
_LONGEST_USER = 80
_IN_URL = regex(rb"://[^\s/?#\"'<>@\x00]*$")
"""`https://key@host` and `git@host:repository` address machines; a password there is another finder's."""

_FILE_ENDINGS = frozenset(
    b"png jpg jpeg gif svg webp avif ico css scss less js mjs cjs jsx ts tsx vue map json html xml yml yaml md txt py "
    b"pyc rb php java kt class jar dll exe so dylib node wasm tgz gz zip tar whl log lock conf cfg ini "
    b"service socket timer mount automount swap target slice scope device".split()
)
"""`icon@2x.png` and `pkg@1.0.tgz` are files, `getty@tty1.service` is a unit of systemd. None of these is a top-level
domain people have addresses in, but for a few registered ones (`md`, `py`, `zip`, `so`), which count only when what
precedes is no version or size."""
_ALSO_COUNTRIES = frozenset((b"md", b"py", b"so", b"zip"))
_SIZE_OR_VERSION = regex(rb"^(?:[0-9]+x|v?[0-9]+(?:[.-][0-9a-z]+)*)$")

_SSN_WORD = rb"(?i:\bssn|social.?security)"
SSN_HINT = rb"[0-9]{3}-[0-9]{2}-[0-9]{4}|" + _SSN_WORD + rb"[^0-9]{1,24}[0-9]{3}"
_SSN = regex(
    rb"\b([0-9]{3})-([0-9]{2})-([0-9]{4})\b|"
    + _SSN_WORD + rb"[^0-9\n\x00]{1,24}([0-9]{3})[ .-]?([0-9]{2})[ .-]?([0-9]{4})\b"
)  # fmt: skip

UUID_HINT = rb"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"

USERPATH_HINT = rb"(?i)[/\\](?:users|home|documents and settings|profiles)[/\\]"
USERPATH = USERPATH_HINT + rb"+([^/\\\r\n\x00\"']{1,128})(?:[/\\\x00\"'\r\n]|$)"


def find_emails(text: bytes) -> Iterator[Span]:
    """Give the spans of e-mail addresses, also percent-encoded ones and those of other scripts, and of the names of
    their owners near them.
    """
    for count, (start, end) in enumerate(accepted(_EMAIL, text, _address)):
        yield start, end
        if count < MOST:
            yield from find_owner(text, start, end)


def find_addresses(text: bytes) -> Iterator[Span]:
    """Give the spans of e-mail addresses alone, for those who ask for these."""
    return accepted(_EMAIL, text, _address)


def _address(text: bytes, match: Match) -> Span | None:
    start = _start_of_address(text, *match.span())
    return None if start is None else (start, match.end())


def _start_of_address(text: bytes, start: int, end: int) -> int | None:
    """Give where an address really starts; None when what looks like one is a file, a package or part of a URL."""
    address = text[start:end]
    local, mark, domain = address.rpartition(b"@")
    if not mark:
        local, _, domain = address.rpartition(b"%40")
    name, _, ending = domain.lower().rpartition(b".")
    if ending in _FILE_ENDINGS and (ending not in _ALSO_COUNTRIES or _SIZE_OR_VERSION.search(name)):
        return None
    # What may stand in a local part by the letter of RFC 5322 is punctuation in a text: `'a@b.c'`, `to=a@b.c`.
    begin = local.translate(_PUNCTUATION).rfind(b"=") + 1
    begin = begin if begin < len(local) else 0
    first = _LOCAL_START.search(local[begin:])
    if first is None or local[begin:] == b"git" or _IN_URL.search(text[max(0, start - _LONGEST_USER) : start + begin]):
        return None
    return start + begin + int(first.start())


def find_ssns(text: bytes) -> Iterator[Span]:
    """Give the spans of US social security numbers, with dashes or after a word that says what they are; areas and
    groups that were never issued are none.
    """
    return accepted(_SSN, text, _ssn)


def _ssn(text: bytes, match: Match) -> Span | None:
    first = 1 if match[1] is not None else 4
    area, group, serial = (match[first + part] for part in range(3))
    issued = area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"
    start, end = match.start(first), match.end(first + 2)
    joined = text[start - 1 : start] == b"-" or text[end : end + 1] == b"-"
    return (start, end) if issued and not joined else None
