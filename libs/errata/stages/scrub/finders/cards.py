"""Payment card numbers: digits in an issuer's range and length with a right check digit, and phones' IMEIs."""

from collections.abc import Iterator
from heapq import merge

from errata.stages.scrub.finders import MOST_REFUSED, Match, Span, accepted, regex

ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    # First and last prefix of the range, lengths. From the issuers' published ranges (ISO/IEC 7812).
    (4, 4, (13, 16, 19)),  # Visa
    (51, 55, (16,)),  # Mastercard
    (2221, 2720, (16,)),
    (34, 34, (15,)),  # American Express
    (37, 37, (15,)),
    (300, 305, (14, 16)),  # Diners Club
    (3095, 3095, (14, 16)),
    (36, 36, (14, 16)),
    (38, 39, (14, 16)),
    (6011, 6011, (16, 19)),  # Discover
    (644, 649, (16, 19)),
    (65, 65, (16, 19)),
    (2131, 2131, (15,)),  # JCB
    (1800, 1800, (15,)),
    (35, 35, (16, 17, 18, 19)),
    (62, 62, (16, 17, 18, 19)),  # UnionPay
    (81, 82, (16,)),  # UnionPay, RuPay
    (60, 60, (16,)),  # RuPay, Hipercard
    (508, 508, (16,)),
    (2200, 2205, (16, 17, 18, 19)),  # Mir, Borica
    (9792, 9792, (16,)),  # Troy
    (8600, 8600, (16,)),  # Uzcard
    (9860, 9860, (16,)),  # Humo
    (5018, 5018, tuple(range(12, 20))),  # Maestro
    (5020, 5020, tuple(range(12, 20))),
    (5038, 5038, tuple(range(12, 20))),
    (5893, 5893, tuple(range(12, 20))),
    (6304, 6304, tuple(range(12, 20))),
    (6390, 6390, tuple(range(12, 20))),
    (6759, 6759, tuple(range(12, 20))),
    (6761, 6763, tuple(range(12, 20))),
    (604, 604, tuple(range(12, 20))),
    (5060, 5061, (16, 18, 19)),  # Verve
    (636, 637, (16, 17, 18, 19)),  # InterPayment, Elo
    (5019, 5019, (16,)),  # Dankort
    (4571, 4571, (16,)),
    (564182, 564182, (16, 18, 19)),  # Switch
    (6331, 6333, (16, 18, 19)),
    (6706, 6709, (16, 17, 18, 19)),  # Laser
    (6771, 6771, (16, 17, 18, 19)),
)


def _ranges_by_start() -> dict[bytes, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for low, high, lengths in ISSUERS:
        for prefix in range(low, high + 1):
            table.setdefault(str(prefix), set()).update(lengths)
    table.setdefault("0604", set()).update(range(12, 20))  # Maestro, written with its leading zero
    return {prefix.encode(): frozenset(lengths) for prefix, lengths in table.items()}


_LENGTHS = _ranges_by_start()
_SHORTEST = 12

# The first four digits stand together, as on every card; two-digit groups are bytes and times.
_PREFIX = rb"(?:1800|2131|0604|(?:2[2-7]|3[04-9]|[46][0-9]|5[0-8]|8[126]|9[78])[0-9]{2})"
_MORE = rb"(?:[ \x{a0}\x{2013}-]?[0-9])"
# Dots and slashes only where all groups are a card's: dates and versions have them too.
_PRINTED = rb"(?:MARK[0-9]{4}){3}(?:MARK[0-9]{1,3})?|MARK[0-9]{6}MARK[0-9]{4,5}"
# Not after a letter, nor a decimal point: fractions have as many digits.
_BEFORE = rb"(?:^|[^0-9A-Za-z.]|[^0-9]\.)"
_FORM = regex(
    _BEFORE + rb"(" + _PREFIX + rb"(?:" + _MORE + rb"{8,15}"
    + rb"|" + _PRINTED.replace(b"MARK", rb"\.") + rb"|" + _PRINTED.replace(b"MARK", b"/") + rb"))"
)  # fmt: skip
_GROUP = regex(rb"[0-9]+")
_SMALLEST_GROUP = 3
"""Digits of a group between others; the last may have fewer."""
HINT = _BEFORE + _PREFIX + rb"(?:" + _MORE + rb"{8}|[./][0-9]{4})"

# What Sentry's own rule takes for a card, whatever the check digit.
_LIKE_A_CARD = regex(rb"\b((?:3[47][0-9]|4[0-9]{3}|5[1-5][0-9]{2}|6011|65[0-9]{2})(?:[\s-]?[0-9]){12})\b")
LIKE_A_CARD_HINT = HINT + rb"|\b[3-6][0-9]{2}(?:[\s-]?[0-9]){12}"

IMEI_HINT = rb"[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]"
_IMEI = regex(rb"\b(" + IMEI_HINT + rb")\b")

# For `translate`: digits as numbers, and the sum of their own digits when doubled.
_SINGLE = bytes.maketrans(b"0123456789", bytes(range(10)))
_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))


def luhn(digits: bytes) -> bool:
    """Say whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    return (sum(digits[-1::-2].translate(_SINGLE)) + sum(digits[-2::-2].translate(_DOUBLED))) % 10 == 0


def is_card(digits: bytes) -> bool:
    """Say whether an issuer gives out such numbers: range, length and check digit; all the same digit is none."""
    issued = any(len(digits) in _LENGTHS.get(digits[:size], ()) for size in range(1, 7))
    return issued and luhn(digits) and digits.strip(digits[:1]) != b""


def find_cards(text: bytes) -> Iterator[Span]:
    """Give the spans of card numbers, whole or grouped; other digits around them stay."""
    refused = position = 0
    while (match := _FORM.search(text, position)) is not None:
        start, end = match.span(1)
        groups = [group.span() for group in _GROUP.finditer(text, start, end)]
        found = end if refused > MOST_REFUSED else _end_of_card(text, groups)
        if found:
            yield start, found
        # The next one may begin with the group after the first, whose separator stands before it.
        position = found or groups[0][1]
        refused += not found


def _end_of_card(text: bytes, groups: list[Span]) -> int:
    """Give where the longest card ends that begins with the first group; 0 when none does."""
    start = groups[0][0]
    digits, found = b"", 0
    for first, end in groups:
        digits += text[first:end]
        if len(digits) >= _SHORTEST and is_card(digits) and not _is_part_of_a_word(text, start, end):
            found = end
        if end - first < _SMALLEST_GROUP:
            break
    return found


def find_like_cards(text: bytes) -> Iterator[Span]:
    """Give the spans of card numbers, also of those with a wrong check digit: for those who ask for cards."""
    yield from merge(find_cards(text), (match.span(1) for match in _LIKE_A_CARD.finditer(text)))


def find_imeis(text: bytes) -> Iterator[Span]:
    """Give the spans of 15-digit IMEIs, written together or as 2-6-6-1, with a right check digit."""
    return accepted(_IMEI, text, _imei)


def _imei(text: bytes, match: Match) -> Span | None:  # noqa: ARG001 - what `accepted` calls
    span: Span = match.span(1)
    return span if luhn(match[1].replace(b"-", b"")) else None


def _is_part_of_a_word(text: bytes, start: int, end: int) -> bool:
    """Hex digests, UUIDs and addresses hold long runs of digits too: they touch letters or go on with `-`."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return before[-1:].isalnum() or after[:1].isalnum() or _joins(before[::-1]) or _joins(after)


def _joins(beside: bytes) -> bool:
    """Say whether a run goes on: `-4a`, `_x`, or as a decimal number, `.5`."""
    mark, beyond = beside[:1], beside[1:2]
    return (mark in (b"-", b"_") and beyond.isalnum()) or (mark == b"." and beyond.isdigit())
