"""Telephone numbers: written so that they can be nothing else, or after a word that says so."""

from collections.abc import Iterator
from heapq import merge

from errata.stages.scrub.finders import Regex, Span, regex

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
_CUES = (
    rb"phone|mobile|\bcell|\btel\b|telephone|\bfax|\bdesk\b|\boffice\b|whats ?app|\bsms\b|hotline|voice ?mail|"
    rb"\b(?:call|ring|dial|reach|text|contact|phone)(?:ed|ing)?(?: (?:me|us|him|her|them|back))?(?: (?:at|on))\b|"
    rb"\bcall(?:ed)? (?:me|us|him|her|them)\b|answer(?:ing|ed)? (?:at|on)\b|"
    rb"messages? (?:to|from|on)\b|\bregistered\b|\bcontact (?:no|number)\b|\bnumber is\b|\bnumber:"
)
_STRONG = regex(rb"(?:^|[^0-9A-Za-z.:/_=+-])((?:" + rb"|".join(_SHAPES) + rb")" + _EXTENSION + rb")")
_CUED = regex(rb"(?i)(?:" + _CUES + rb")[^0-9\n\x00+(]{0,24}\n?[ \t]{0,8}(\+?" + _NUMBER + _EXTENSION + rb")")

# The shapes stand in JSON, where an escape's letter may come right before them.
HINT = rb"(?:^|[^0-9])(?:" + rb"|".join(_SHAPES) + rb")|(?i:" + _CUES + rb")[^0-9\"]*[0-9]{2}"

_DATE = regex(
    rb"^(?:(?:19|20)[0-9]{2}[-./ ][01][0-9][-./ ][0-3][0-9]|[0-3][0-9][-./ ][0-3][0-9][-./ ](?:19|20)[0-9]{2})\b"
)


def find_phones(text: bytes) -> Iterator[Span]:
    """Give the spans of telephone numbers with their extensions."""
    last = 0
    for start, end in merge(_spans(_STRONG, text, 8), _spans(_CUED, text, 6)):
        if start >= last:
            yield start, end
            last = end


def _spans(pattern: Regex, text: bytes, least: int) -> Iterator[Span]:
    """Give what a pattern's group found if it has a number's count of digits and nothing else goes on from it."""
    for match in pattern.finditer(text):
        start, end = match.span(1)
        found = text[start:end]
        digits = sum(48 <= character <= 57 for character in found)
        after = text[end : end + 2]
        goes_on = after[:1].isalnum() or (after[:1] in (b".", b"-", b":", b"_", b"/") and after[1:2].isdigit())
        if least <= digits <= 20 and not goes_on and not _DATE.search(found):
            yield start, end
