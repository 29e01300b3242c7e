"""One search through many texts at once: they are joined, each rule looks once, finds are handed out again."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from errata.stages.scrub.catalog import Rule
from errata.stages.scrub.finders import Span
from errata.stages.scrub.redaction import Hit


def search(texts: Sequence[str], rules: Sequence[Rule]) -> dict[int, list[Hit]]:
    """Give what the rules find, by the number of the text; the finds of one text in the order of the rules.

    Places are in bytes of each text's UTF-8, as `encoded` gives it.
    """
    hits: dict[int, list[Hit]] = {}
    if not rules or not texts:
        return hits
    joined = encoded("\0".join(texts))
    starts: list[int] = []
    for rule in rules:
        if rule.find is None:
            continue
        if rule.one_by_one:
            found: Iterable[tuple[int, Span]] = _one_by_one(texts, rule)
        else:
            spans = list(rule.find(joined))
            if not spans:
                continue
            starts = starts or _starts(texts)
            found = ((bisect_right(starts, span[0]) - 1, span) for span in spans)
            found = ((number, (start - starts[number], end - starts[number])) for number, (start, end) in found)
        for number, span in found:
            length = len(encoded(texts[number]))
            start, end = (0, length) if rule.takes_text else (span[0], min(span[1], length))
            if start < end:
                hits.setdefault(number, []).append((start, end, rule))
    return hits


def encoded(text: str) -> bytes:
    """Give a text's UTF-8; half a surrogate pair, which has none, as a question mark."""
    return text.encode("utf-8", "replace")


def _starts(texts: Sequence[str]) -> list[int]:
    return [0, *accumulate(len(text if text.isascii() else encoded(text)) + 1 for text in texts)]


def _one_by_one(texts: Sequence[str], rule: Rule) -> Iterator[tuple[int, Span]]:
    assert rule.find is not None
    for number, text in enumerate(texts):
        for span in rule.find(encoded(text)):
            yield number, span
