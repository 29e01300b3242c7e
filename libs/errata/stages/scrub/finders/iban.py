"""International bank account numbers: a country that issues them, its length, the right check digits (ISO 13616)."""

from collections.abc import Iterator

from errata.stages.scrub.finders import Match, Span, accepted, regex

LENGTHS = {
    # SWIFT's IBAN registry.
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20,
    "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19,
    "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29,
    "PT": 25, "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24,
    "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
    "YE": 30,
}  # fmt: skip
_COUNTRIES = "|".join(LENGTHS).encode()

HINT = rb"(?i)\b(?:" + _COUNTRIES + rb")[0-9]{2}(?:[ -]?[0-9a-z]){11}"
_CANDIDATE = regex(rb"(?i)\b((?:" + _COUNTRIES + rb")[0-9]{2}(?:[ -]?[0-9a-z]){11,32})")


def find_ibans(text: bytes) -> Iterator[Span]:
    """Give the spans of IBANs, together or in groups, in either case."""
    return accepted(_CANDIDATE, text, _iban)


def _iban(text: bytes, match: Match) -> Span | None:
    start: int = match.start(1)
    candidate = match[1]
    length = LENGTHS[candidate[:2].decode().upper()]
    end, taken = 0, 0
    while end < len(candidate) and taken < length:
        taken += candidate[end] not in b" -"
        end += 1
    if taken < length or text[start + end : start + end + 1].isalnum() or not _checks(candidate[:end]):
        return None
    return start, start + end


def _checks(iban: bytes) -> bool:
    compact = iban.replace(b" ", b"").replace(b"-", b"").decode().upper()
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1
