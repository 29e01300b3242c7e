"""A bounded dictionary of what costs memory and time: entries have a cost in bytes and a time at which they end."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")


class MemoryCache(Generic[ValueT]):
    """Keys to values; the least lately used ones go first."""

    def __init__(self, max_bytes: int) -> None:
        """Hold so many bytes, by what each entry says it costs."""
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, tuple[ValueT, int, float]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, now: float) -> ValueT | None:
        """Give what is kept under a key, None when nothing is, or when its time has ended.

        Args:
            key: as it was put.
            now: seconds, by the same clock as `put`'s.

        """
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, _, ends = entry
        self._entries.move_to_end(key)
        # What has ended stays where it is: most often it is asked for anew and found unchanged.
        return value if now < ends else None

    def put(self, key: Hashable, value: ValueT, cost: int, ends: float = float("inf")) -> None:
        """Keep a value, at the expense of older ones; one that costs more than there is room for is not kept."""
        before = self._entries.pop(key, None)
        if before is not None:
            self.bytes -= before[1]
        if cost > self._max_bytes:
            return
        self._entries[key] = (value, cost, ends)
        self.bytes += cost
        while self.bytes > self._max_bytes:
            _, (_, old, _) = self._entries.popitem(last=False)
            self.bytes -= old
