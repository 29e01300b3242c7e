"""One search through many texts at once: they are joined, each rule looks once, finds are handed out again."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any

import re2

from errata.stages.scrub.finders import Finder, Regex, Span, regex, unescaped
from errata.stages.scrub.gate import Gate
from errata.stages.scrub.redaction import Hit
from errata.stages.scrub.walk import encoded

MOST = 2000
"""Finds of one rule in one event; then it takes whole each further text in which its hint matches: a dump of that many
addresses or keys is all one find, and hostile text must not cost more than other text."""


def search(texts: Sequence[str], gate: Gate) -> dict[int, list[Hit]]:
    """Give what a gate's rules find, by the number of the text; the finds of one text in the order of the rules.

    Places are in bytes of each text's UTF-8, as `encoded` gives it.
    """
    hits: dict[int, list[Hit]] = {}
    if not texts:
        return hits
    joined = encoded("\0".join(texts))
    plain = unescaped(joined)
    starts: list[int] = []
    for rule in gate(joined) if plain is joined else gate(joined, plain):
        data = joined if rule.search.as_written else plain
        spans = _one_by_one(texts, rule.search.find) if rule.search.one_by_one else iter(rule.search.find(data))
        for finds, (start, end) in enumerate(spans):
            starts = starts or _starts(texts, all_ascii=joined.isascii())
            number = bisect_right(starts, start) - 1
            first, length = starts[number], starts[number + 1] - starts[number] - 1
            if finds >= MOST:
                hits.setdefault(number, []).append((0, length, rule))
                if rule.search.hint is None:
                    continue
                for other in _texts_with(rule.search.hint, data, starts, after=number):
                    hits.setdefault(other, []).append((0, starts[other + 1] - starts[other] - 1, rule))
                break
            span = (0, length) if rule.search.whole_text else (start - first, min(end - first, length))
            if span[0] < span[1]:
                hits.setdefault(number, []).append((*span, rule))
    return hits


def _texts_with(hint: bytes, joined: bytes, starts: Sequence[int], after: int) -> Iterator[int]:
    """Give the numbers of the texts, after one, in which a hint matches."""
    pattern, look = _compiled(hint)
    number, last = after + 1, len(starts) - 1
    while number < last:
        # Beside one that matches there is mostly another, and a look at one text costs a fourth of a search.
        if not look.Match(joined[starts[number] : starts[number + 1] - 1]):
            match = pattern.search(joined, starts[number])
            if match is None:
                return
            number = bisect_right(starts, match.end() - 1) - 1
        yield number
        number += 1


@lru_cache
def _compiled(hint: bytes) -> tuple[Regex, Any]:
    """Give the pattern, and as a set of one, which tells only whether it matches."""
    options = re2.Options()
    options.log_errors = False
    one = re2.Set.SearchSet(options)
    one.Add(hint)
    one.Compile()
    return regex(hint), one


def _starts(texts: Sequence[str], *, all_ascii: bool) -> list[int]:
    lengths = map(len, texts if all_ascii else map(encoded, texts))
    return [0, *accumulate(map((1).__add__, lengths))]


def _one_by_one(texts: Sequence[str], find: Finder) -> Iterator[Span]:
    """Give what a finder finds in each text by itself, placed as if they were joined."""
    first = 0
    for text in map(encoded, texts):
        for start, end in find(text):
            yield first + start, first + end
        first += len(text) + 1
