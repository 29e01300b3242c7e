"""Payment card numbers: digits in an issuer's range and length with a right check digit, and phones' IMEIs."""

from collections.abc import Iterator

from errata.stages.scrub.finders import Span, regex

_DIGIT = rb"[ \x{a0}\x{2013}-]?[0-9]"
"""With a separator before it: space, no-break space, dash, hyphen."""
_STARTS = rb"1800|2131|0604|(?:2[2-7]|3[04-9]|[46][0-9]|5[0-8]|8[126]|9[78])(?:" + _DIGIT + rb"){2}"
# Not after a decimal point: fractions have as many digits.
HINT = rb"(?:^|[^0-9.]|[^0-9]\.)(?:" + _STARTS + rb")(?:" + _DIGIT + rb"){8}"

IMEI_HINT = rb"[0-9]{2}-?[0-9]{6}-?[0-9]{6}-?[0-9]"
_IMEI = regex(rb"\b(" + IMEI_HINT + rb")\b")

# Runs of digits with single separators. Longer than any card, so that one hidden in a longer run is found by groups.
_RUN = regex(rb"[0-9](?:" + _DIGIT + rb"){11,39}")
_GROUP = regex(rb"[0-9]+")

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


def _ranges_by_start() -> dict[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for low, high, lengths in ISSUERS:
        for prefix in range(low, high + 1):
            table.setdefault(str(prefix), set()).update(lengths)
    table.setdefault("0604", set()).update(range(12, 20))  # Maestro, written with its leading zero
    return {prefix: frozenset(lengths) for prefix, lengths in table.items()}


_LENGTHS = _ranges_by_start()
_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: str) -> bool:
    """Say whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    numbers = [ord(digit) - 48 for digit in reversed(digits)]
    return (sum(numbers[::2]) + sum(_DOUBLED[number] for number in numbers[1::2])) % 10 == 0


def is_card(digits: str) -> bool:
    """Say whether an issuer gives out such numbers: range, length and check digit; all the same digit is none."""
    issued = any(len(digits) in _LENGTHS.get(digits[:size], ()) for size in range(1, 7))
    return issued and luhn(digits) and len(set(digits)) > 1


def find_cards(text: bytes) -> Iterator[Span]:
    """Give the spans of card numbers, whole or grouped; other digits around them stay."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        if text[start : start + 2] == b"00" and run[0].isdigit():  # addresses in memory, counters
            continue
        if _is_part_of_a_word(text, start, end):
            continue
        groups = [group.span() for group in _GROUP.finditer(text, start, end)]
        first = 0
        while first < len(groups):
            digits, found = "", -1
            for last in range(first, len(groups)):
                digits += text[slice(*groups[last])].decode()
                if len(digits) > 19:
                    break
                if len(digits) >= 12 and is_card(digits):
                    found = last
            if found >= 0:
                yield groups[first][0], groups[found][1]
                first = found
            first += 1


def find_imeis(text: bytes) -> Iterator[Span]:
    """Give the spans of 15-digit IMEIs, written together or as 2-6-6-1, with a right check digit."""
    for match in _IMEI.finditer(text):
        if luhn("".join(filter(str.isdigit, match[1].decode()))):
            yield match.span(1)


def _is_part_of_a_word(text: bytes, start: int, end: int) -> bool:
    """Hex digests, UUIDs and addresses hold long runs of digits too: they touch letters or go on with `-`."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return before[-1:].isalnum() or after[:1].isalnum() or _joins(before[::-1]) or _joins(after)


def _joins(beside: bytes) -> bool:
    """Say whether a run goes on: `-4a`, `_x`, or as a decimal number, `.5`."""
    mark, beyond = beside[:1], beside[1:2]
    return (mark in (b"-", b"_") and beyond.isalnum()) or (mark == b"." and beyond.isdigit())
