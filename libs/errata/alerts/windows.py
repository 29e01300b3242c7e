"""Counting in sliding windows by buckets: bounded memory, an error of at most one bucket."""

from errata.contracts.times import SECOND

INTERVALS: dict[str, int] = {
    "1m": 60,
    "5m": 300,
    "15m": 900,
    "1h": 3_600,
    "1d": 86_400,
    "1w": 604_800,
    "30d": 2_592_000,
}
"""The windows that Sentry's frequency conditions know, in seconds."""

# Longest window for each size of bucket, both in seconds: 60 to 720 buckets a window.
_SIZES = ((60, 1), (300, 5), (900, 15), (3_600, 60), (86_400, 600), (2_592_000, 3_600))


def bucket_size(window: int) -> int:
    """Give the size of a window's buckets; both in seconds.

    Raises:
        ValueError: the window is longer than 30 days.

    """
    for longest, size in _SIZES:
        if window <= longest:
            return size
    raise ValueError(f"a window of {window} s is longer than 30 days")


class SlidingCount:
    """How many events fell in the window that ends with the newest one seen.

    Time is the events' own, never a clock's, so a replay counts the same. The bucket that the window's beginning cuts
    counts whole: an alert may come a bucket early, never late. `changed` and `dropped` say which buckets the stored
    copy lacks; whoever has stored them calls `settle`.
    """

    __slots__ = ("_length", "_size", "buckets", "changed", "dropped", "newest", "total")

    def __init__(self, window: int, buckets: dict[int, int] | None = None) -> None:
        """Begin empty or with stored buckets, by number, of which those that the window has left are dropped.

        The window is in seconds.
        """
        size = bucket_size(window)
        self._size = size * SECOND
        self._length = window // size
        self.buckets = buckets or {}
        self.total = sum(self.buckets.values())
        self.newest = max(self.buckets, default=0)
        self.changed: set[int] = set()
        self.dropped: set[int] = set()
        self._forget(self.newest - self._length)

    def add(self, at: int) -> int:
        """Count an event of this moment (microseconds); give how many are in the window now.

        Moments may come out of order; what is older than the window is not counted any more.
        """
        bucket = at // self._size
        if bucket > self.newest:
            self.newest = bucket
            self._forget(bucket - self._length)
        elif bucket < self.newest - self._length:
            return self.total
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.changed.add(bucket)
        self.total += 1
        return self.total

    def settle(self) -> None:
        """Take the stored copy for up to date."""
        self.changed.clear()
        self.dropped.clear()

    def _forget(self, first: int) -> None:
        for bucket in [bucket for bucket in self.buckets if bucket < first]:
            self.total -= self.buckets.pop(bucket)
            self.changed.discard(bucket)
            self.dropped.add(bucket)
