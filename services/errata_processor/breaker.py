"""When to stop: a bug that makes most items fail must not drain `ingest` into dead letters. Pure; time is given."""

from collections import deque
from typing import NamedTuple

from errata.contracts.times import MINUTE


class _Batch(NamedTuple):
    at: int
    items: int
    failed: int


class Breaker:
    """Opens when more than a share of a minute's items failed by our fault, and then lets nothing through.

    Open, it closes again for a batch that stays within the share by itself: a new configuration may have mended it.
    """

    def __init__(self, share: float, minimum: int) -> None:
        """Open above this share of a minute's items, when at least `minimum` of them failed."""
        self.open = False
        self._share = share
        self._minimum = minimum
        self._minute: deque[_Batch] = deque()
        self._items = 0
        self._failed = 0

    def admits(self, items: int, failed: int, now: int) -> bool:
        """Tell whether a batch that came to this may be committed; only then does it count.

        Args:
            items: of the batch.
            failed: how many of them ended by a fault of ours.
            now: microseconds, of any clock that only goes forward.

        """
        while self._minute and self._minute[0].at <= now - MINUTE:
            old = self._minute.popleft()
            self._items -= old.items
            self._failed -= old.failed
        if self.open:
            # The minute is not asked: it empties while nothing is let through, and would let every batch pass in turn.
            self.open = failed > items * self._share
            if not self.open:
                self._minute.clear()
                self._items = self._failed = 0
        else:
            all_items, all_failed = self._items + items, self._failed + failed
            self.open = failed > 0 and all_failed >= self._minimum and all_failed > all_items * self._share
        if not self.open:
            self._minute.append(_Batch(now, items, failed))
            self._items += items
            self._failed += failed
        return not self.open
