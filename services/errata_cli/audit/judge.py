"""Comparing a stretch of the ledger with how its items ended."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.ledger import Ending, Stretch, endings, sums, whole_items

# Of one chunk; who sees that many needs no more.
_NAMED = 1_000


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One item that did not end exactly once."""

    origin: str
    """generation-partition-offset-index-part, as `errata trace` takes it."""
    ended: tuple[str, ...]
    """In what, once for each row; empty when it is missing."""


class Verdict(msgspec.Struct, kw_only=True):
    """What was found of one ledger topic."""

    topic: str
    packs: int = 0
    items: int = 0
    stored: int = 0
    """Rows of events, or of sessions, feedback and attachments; an item can hold several."""
    outcomes: dict[str, int] = {}
    """Rows by kind."""
    missing: list[Finding] = []
    doubled: list[Finding] = []
    unknown: list[Finding] = []
    """Ended, but in no pack of the ledger."""
    unnamed: int = 0
    """Further packs with such items."""

    @property
    def holds(self) -> bool:
        """Whether each item ended exactly once."""
        return not (self.missing or self.doubled or self.unknown or self.unnamed)


async def judge(clickhouse: ClickHouse, verdict: Verdict, stretch: Stretch, packs: Mapping[int, int]) -> None:
    """Add a stretch to a verdict; `packs` gives the items of each pack in it, by offset."""
    ended = await whole_items(clickhouse, stretch)
    verdict.packs += len(packs)
    verdict.items += sum(packs.values())
    kinds = await sums(clickhouse, stretch)
    verdict.stored += kinds.pop("stored", 0)
    verdict.outcomes = dict(Counter(verdict.outcomes) + kinds)
    wrong = sorted(
        offset
        for offset in packs.keys() | ended.keys()
        if ended.get(offset, (0, 0)) != (packs.get(offset, 0), packs.get(offset, 0))
    )
    if not wrong:
        return
    named = wrong[:_NAMED]
    verdict.unnamed += len(wrong) - len(named)
    missing, doubled, unknown = compare(
        stretch, {offset: packs.get(offset, 0) for offset in named}, await endings(clickhouse, stretch, named)
    )
    verdict.missing += missing
    verdict.doubled += doubled
    verdict.unknown += unknown


def compare(
    stretch: Stretch, packs: Mapping[int, int], rows: Iterable[Ending]
) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """Give what is missing, what ended more than once, and what ended though no pack holds it."""
    by_item: dict[tuple[int, int], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    parts: dict[tuple[int, int], int] = {}
    for row in rows:
        by_item[row.offset, row.item][row.part].append(row.how)
        parts[row.offset, row.item] = max(row.parts, parts.get((row.offset, row.item), 0))

    def finding(offset: int, index: int, part: int, ended: Iterable[str]) -> Finding:
        origin = f"{stretch.generation}-{stretch.partition}-{offset}-{index}-{part}"
        return Finding(origin=origin, ended=tuple(ended))

    missing, doubled, unknown = [], [], []
    for (offset, index), ended in sorted(by_item.items()):
        for part, hows in sorted(ended.items()):
            if index >= packs.get(offset, 0) or part >= parts[offset, index]:
                unknown.append(finding(offset, index, part, hows))
            elif len(hows) > 1:
                doubled.append(finding(offset, index, part, hows))
    for offset, items in sorted(packs.items()):
        for index in range(items):
            ended = by_item.get((offset, index), {})
            missing += [
                finding(offset, index, part, ()) for part in range(parts.get((offset, index), 1)) if part not in ended
            ]
    return missing, doubled, unknown
