"""The name of an e-mail address's owner, near the address: redacting `jamie.pratt@...` hides nobody when the same text
begins with `Jamie Pratt`. Only names that the address itself spells are found; names as such are not looked for.
"""

import re
import unicodedata
from collections.abc import Iterator

from errata.stages.scrub.finders import Span, regex

_NEAR = 600
"""Bytes on either side: a signature, a letterhead, a form."""
_APART = 3
"""Words from the one to the other: there is often an initial or a middle name."""
MOST = 20
"""Addresses in one search whose owners are looked for; a dump of thousands of them is no letter."""

_CAPITALIZED = regex(rb"\p{Lu}[\p{L}\p{M}'-]*")
_PARTS = re.compile(r"[A-Z]?[a-z]{2,}")
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "ß": "ss"})


def find_owner(text: bytes, start: int, end: int) -> Iterator[Span]:
    """Give the spans near an address at `start`:`end` where two parts of its name stand as a person's name."""
    local = text[start:end].partition(b"@")[0].decode("utf-8", "replace")
    parts = {part.lower() for part in _PARTS.findall(local)}
    if len(parts) < 2:
        return
    first = max(text.rfind(b"\0", 0, start) + 1, start - _NEAR)
    last = text.find(b"\0", end)
    last = min(len(text) if last < 0 else last, end + _NEAR)
    words = [match.span() for around in ((first, start), (end, last)) for match in _CAPITALIZED.finditer(text, *around)]
    folded = [_fold(text[slice(*word)]) for word in words]
    at = 0
    while at < len(words):
        others = [
            other
            for other in range(at + 1, min(at + 1 + _APART, len(words)))
            if folded[other] in parts and folded[other] != folded[at] and words[other][0] - words[other - 1][1] <= 2
        ]
        if folded[at] in parts and others:
            yield words[at][0], words[others[-1]][1]
            at = others[-1]
        at += 1


def _fold(word: bytes) -> str:
    """Give a word as it is written in addresses: small letters without accents."""
    text = unicodedata.normalize("NFKD", word.decode("utf-8", "replace").lower().translate(_FOLDED))
    return "".join(letter for letter in text if not unicodedata.combining(letter))
