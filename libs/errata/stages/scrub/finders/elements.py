"""Secrets in elements and properties: `<ns:Password>x</ns:Password>`, `<add key="token" value="x"/>`, and in JSON
`{"name": "password", "value": "x"}`; elements also where a text quotes them as `&lt;password&gt;`.
"""

from collections.abc import Iterator
from heapq import merge

from errata.stages.scrub.finders import Match, Span, accepted, regex
from errata.stages.scrub.finders.assignments import closing_quote, is_secret
from errata.stages.scrub.keys import candidate, names_secret

_NAME = r"([0-9A-Za-z_.-]{0,64}?" + candidate(r"[0-9A-Za-z_.-]*", border="") + ")"
_QUOTE = r"\\{0,7}[\"']"
_NAMED = rf"(?i:name|key|id)(?:{_QUOTE})?\s{{0,4}}[=:]\s{{0,4}}{_QUOTE}{_NAME}{_QUOTE}"
_END = r"(?:>|&gt;)"

_ELEMENT = regex(
    (
        rf"(?:<|&lt;)(?:[0-9A-Za-z_-]{{1,40}}:)?{_NAME}(?:\s[^<>\x00]{{0,300}}?)?{_END}"
        rf"|(?:<|&lt;)[0-9A-Za-z_:.-]{{1,60}}\s[^<>\x00]{{0,200}}?{_NAMED}[^<>\x00]{{0,200}}?{_END}"
    ).encode()
)
_PROPERTY = regex(
    rf"{_NAMED}[\s,]{{0,4}}(?:{_QUOTE})?(?i:value|val)(?:{_QUOTE})?\s{{0,4}}[=:]\s{{0,4}}(\\{{0,7}}[\"'])".encode()
)
_NEXT = regex(rb"<|&lt;|\x00")
_CDATA = b"<![CDATA["

HINT = (
    rf"(?:<|&lt;)(?:[0-9A-Za-z_-]{{1,40}}:)?{_NAME}[\s>&]|(?i:name|key|id)(?:{_QUOTE})?\s{{0,4}}[=:]\s{{0,4}}{_QUOTE}{_NAME}{_QUOTE}"
).encode()


def find_elements(text: bytes) -> Iterator[Span]:
    """Give the spans of what stands in an element, or as the value of a property, whose name names a secret."""
    return merge(accepted(_ELEMENT, text, _content), accepted(_PROPERTY, text, _property))


def _content(text: bytes, match: Match) -> Span | None:
    """Give the span of an element's text; None when it has none of its own, or is not closed."""
    start: int = match.end()
    if text.startswith(_CDATA, start):
        start += len(_CDATA)
        end = text.find(b"]]>", start, start + _LONGEST)
        return (start, end) if end > start else None
    closing = _NEXT.search(text, start)
    if closing is None or not text.startswith(b"/", closing.end()):
        return None
    return _if_secret(text, match, start, closing.start())


def _property(text: bytes, match: Match) -> Span | None:
    start: int = match.end()
    return _if_secret(text, match, start, closing_quote(text, start, match[2]))


_LONGEST = 16_384
"""Bytes of an element's marked section that are looked through for its end."""


def _if_secret(text: bytes, match: Match, start: int, end: int) -> Span | None:
    name = (match[1] or match[2]).decode("utf-8", "replace")
    return (start, end) if names_secret(name.strip(".-")) and is_secret(text[start:end].strip()) else None
