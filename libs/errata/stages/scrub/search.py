"""One search through all texts of an event at once: they are joined, each rule looks once, finds are handed out again."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from errata.stages.scrub.catalog import Rule
from errata.stages.scrub.finders import Span
from errata.stages.scrub.redaction import Hit


def search(texts: Sequence[bytes], rules: Iterable[Rule]) -> dict[int, list[Hit]]:
    """Give what the rules find, by the number of the text; the finds of one text in the order of the rules."""
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    joined = b"\0".join(texts)
    hits: dict[int, list[Hit]] = {}
    for rule in rules:
        if rule.find is None:
            continue
        found = _one_by_one(texts, rule) if rule.one_by_one else _handed_out(rule.find(joined), starts)
        for number, start, end in found:
            span = (0, len(texts[number])) if rule.takes_text else (start, min(end, len(texts[number])))
            if span[0] < span[1]:
                hits.setdefault(number, []).append((*span, rule))
    return hits


def _one_by_one(texts: Sequence[bytes], rule: Rule) -> Iterator[tuple[int, int, int]]:
    assert rule.find is not None
    for number, text in enumerate(texts):
        for start, end in rule.find(text):
            yield number, start, end


def _handed_out(spans: Iterable[Span], starts: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    for start, end in spans:
        number = bisect_right(starts, start) - 1
        yield number, start - starts[number], end - starts[number]
