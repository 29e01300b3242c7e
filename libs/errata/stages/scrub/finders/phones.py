"""Telephone numbers: written so that they can be nothing else, or after a word that says so."""

from collections.abc import Iterator
from heapq import merge

from errata.stages.scrub.finders import Match, Span, accepted, regex

_EXTENSION = rb"(?: ?(?:x|ext\.?|#) ?[0-9]{1,6})?"
_NUMBER = rb"\(?[0-9]{1,5}\)?(?:[ ./-]{0,2}\(?[0-9]{1,7}\)?){1,6}"

_SHAPES = (
    # International: plus, country code, number (E.164); in Europe often with the trunk zero in parentheses.
    rb"\+[1-9][0-9]{0,2}[ .-]?(?:\(0?[0-9]{0,4}\)[ .-]?)?[0-9]{1,7}(?:[ .-]?[0-9]{2,7}){1,5}",
    # North America: three, three and four digits.
    rb"(?:1[ .-])?(?:[2-9][0-9]{2}[ .-]|\([2-9][0-9]{2}\)[ .-]?)[0-9]{3}[ .-][0-9]{4}",
    # National with the trunk zero, in at least two groups after it.
    rb"\(?0[1-9][0-9]{0,3}\)?(?:[ .-][0-9]{2,4}){2,4}",
    rb"0[1-9][0-9]{2,3} [0-9]{6,7}",
    # An area code in parentheses.
    rb"\([0-9]{2,4}\) ?[0-9]{3,4}[ -][0-9]{3,4}",
)
_WORDS = (
    rb"phone|\btel\b|\bfax|whats ?app|hotline|voice ?mail|"
    rb"\b(?:call|ring|dial|reach|text|contact|phone)(?:ed|ing)?(?: (?:me|us|him|her|them|back))?(?: (?:at|on))\b|"
    rb"\bcall(?:ed)? (?:me|us|him|her|them)\b|answer(?:ing|ed)? (?:at|on)\b"
)
"""Words that say by themselves that a telephone number follows."""
_LABELS = (
    rb"mobile|\bcell|\b(?:desk|office)(?: number| line)?:|\bsms\b|messages? (?:to|from|on)\b|\bregistered\b|"
    rb"\bcontact (?:no|number)\b|\bnumber is\b|\bnumber:"
)
"""Words that may say so, when the number is written as one: `mobile 451 5986`, not `mobile build 20231015`."""
_STRONG = regex(rb"(?:^|[^0-9A-Za-z.:/_=+-])((?:" + rb"|".join(_SHAPES) + rb")" + _EXTENSION + rb")")
_BETWEEN = rb"([^0-9\n\x00+(]{0,24}\n?[ \t]{0,8})(\+?" + _NUMBER + _EXTENSION + rb")"
_CUED = regex(rb"(?i)(?:" + _WORDS + rb")" + _BETWEEN)
_LABELLED = regex(rb"(?i)(?:" + _LABELS + rb")" + _BETWEEN)

HINT = (
    rb"(?:^|[^0-9])(?:" + rb"|".join(_SHAPES) + rb")"
    + rb"|(?i:" + _WORDS + rb"|" + _LABELS + rb")[^0-9\x00]{0,36}[0-9]{2}"
)  # fmt: skip

_DATE = regex(
    rb"^(?:(?:19|20)[0-9]{2}[-./ ][01][0-9][-./ ][0-3][0-9]|[0-3][0-9][-./ ][0-3][0-9][-./ ](?:19|20)[0-9]{2})\b"
)


_GROUPED = regex(rb"^[+(0]|[0-9)][ ./-]+\(?[0-9]")
_FIRM = regex(rb"^[^0-9A-Za-z]*(?:(?i:number|no\.?|phone|my|your|our|the|registered|me|is|was|at)[^0-9A-Za-z]*){0,3}$")
"""What may stand between a label and its number."""


def find_phones(text: bytes) -> Iterator[Span]:
    """Give the spans of telephone numbers with their extensions."""
    last = 0
    spans = merge(accepted(_STRONG, text, _strong), accepted(_CUED, text, _cued), accepted(_LABELLED, text, _labelled))
    for start, end in spans:
        if start >= last:
            yield start, end
            last = end


def _strong(text: bytes, match: Match) -> Span | None:
    return _number(text, *match.span(1), least=8)


def _cued(text: bytes, match: Match) -> Span | None:
    return _number(text, *match.span(2), least=6)


def _labelled(text: bytes, match: Match) -> Span | None:
    between = text[match.start() : match.start(2)]
    if not _FIRM.search(match[1]) or not (b":" in between or _GROUPED.search(match[2])):
        return None
    return _number(text, *match.span(2), least=7)


def _number(text: bytes, start: int, end: int, *, least: int) -> Span | None:
    """Give the span of what was found if it has a number's count of digits and nothing else goes on from it."""
    found = text[start:end]
    digits = sum(48 <= character <= 57 for character in found)
    after = text[end : end + 2]
    goes_on = after[:1].isalnum() or (after[:1] in (b".", b"-", b":", b"_", b"/") and after[1:2].isdigit())
    return (start, end) if least <= digits <= 20 and not goes_on and not _DATE.search(found) else None
