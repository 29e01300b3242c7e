"""What one batch may ask of uploads, so that no client's events make the others' wait for long."""

from collections import Counter


class Budget:
    """Seconds of waiting in all, and lookups of each project."""

    def __init__(self, seconds: float, lookups: int) -> None:
        """Allow so many seconds, and each project so many lookups."""
        self.seconds = seconds
        """That may still be waited."""
        self._lookups = lookups
        self._taken: Counter[int] = Counter()

    def takes_lookup(self, project: int) -> bool:
        """Tell whether a project may look up one more thing, which is counted then."""
        self._taken[project] += 1
        return self._taken[project] <= self._lookups

    def spend(self, seconds: float) -> None:
        """Take note of a wait."""
        self.seconds = max(0.0, self.seconds - seconds)
