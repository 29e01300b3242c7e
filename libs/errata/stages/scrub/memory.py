"""What nothing was found in is remembered, so that it is not looked at again: most of an event was seen before.

Functions, files, lines of source, versions, whole stack traces repeat from event to event. Only what held nothing is
kept: no secret and no personal data that a rule knows stays in memory.
"""

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Memory(Generic[T]):
    """A bounded set in two generations: what is asked for again moves to the young one, the old one is forgotten."""

    def __init__(self, most: int) -> None:
        """Begin with nothing; `most` bounds the characters of a generation."""
        self.young: set[T] = set()
        self.old: set[T] = set()
        self._most = most
        self._size = 0

    def knows(self, item: T) -> bool:
        """Say whether an item is remembered; the walk asks `young` itself first, for speed."""
        if item in self.young:
            return True
        if item in self.old:
            self.young.add(item)
            return True
        return False

    def keep(self, items: Collection[T], size: int) -> None:
        """Remember items of so many characters together; which is at most half of what a generation holds."""
        if size * 2 > self._most:
            return
        self._size += size
        if self._size > self._most:
            self.old, self.young, self._size = self.young, set(), size
        self.young.update(items)
