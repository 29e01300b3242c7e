"""One search through many texts at once: they are joined, each rule looks once, finds are handed out again."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from errata.stages.scrub.catalog import Rule
from errata.stages.scrub.finders import Finder, Span, unescaped
from errata.stages.scrub.gate import Gate
from errata.stages.scrub.redaction import Hit

MOST = 2000
"""Finds of one rule in one event, then it takes texts whole: a dump of that many addresses or keys is all one find,
and hostile text must not cost more than other text."""


def search(texts: Sequence[str], gate: Gate) -> dict[int, list[Hit]]:
    """Give what a gate's rules find, by the number of the text; the finds of one text in the order of the rules.

    Places are in bytes of each text's UTF-8, as `encoded` gives it.
    """
    hits: dict[int, list[Hit]] = {}
    if not texts:
        return hits
    joined = encoded("\0".join(texts))
    plain = unescaped(joined)
    rules = gate(joined) if plain is joined else gate(joined, plain)
    starts: list[int] = []
    for rule in rules:
        if rule.search.one_by_one:
            spans = _one_by_one(texts, rule.search.find)
        else:
            spans = iter(rule.search.find(joined if rule.search.as_written else plain))
        for finds, (start, end) in enumerate(spans):
            starts = starts or _starts(texts, all_ascii=joined.isascii())
            number = bisect_right(starts, start) - 1
            first, length = starts[number], starts[number + 1] - starts[number] - 1
            if finds >= MOST:
                _take_whole(hits, texts, number, rule)
                break
            span = (0, length) if rule.search.whole_text else (start - first, min(end - first, length))
            if span[0] < span[1]:
                hits.setdefault(number, []).append((*span, rule))
    return hits


def _take_whole(hits: dict[int, list[Hit]], texts: Sequence[str], number: int, rule: Rule) -> None:
    """Add the texts from a number on in which a rule finds anything, whole."""
    for after in range(number, len(texts)):
        text = encoded(texts[after])
        if any(True for _ in rule.search.find(text if rule.search.as_written else unescaped(text))):
            hits.setdefault(after, []).append((0, len(text), rule))


def encoded(text: str) -> bytes:
    """Give a text's UTF-8; half a surrogate pair, which has none, as a question mark."""
    return text.encode("utf-8", "replace")


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
