"""Health of a service: live while its process turns, ready while everything it waits for is there."""

import threading


class Health:
    """What keeps a service from being ready, by name; safe to use from several threads.

    A part that is missing is a short word (`kafka`, `redis`, `partitions`): it is shown to operators and never holds
    data. A service starts with the parts it needs and takes each away as it comes up.
    """

    def __init__(self, *missing: str) -> None:
        self._missing = set(missing)
        self._impaired: set[str] = set()
        self._lock = threading.Lock()

    def missing(self, part: str) -> None:
        """Say that a part is not there (any more)."""
        with self._lock:
            self._missing.add(part)

    def present(self, part: str) -> None:
        """Say that a part is there (again)."""
        with self._lock:
            self._missing.discard(part)

    def lacks(self) -> list[str]:
        """Give the missing parts, sorted; empty means ready."""
        with self._lock:
            return sorted(self._missing)

    def impaired(self, part: str, *, now: bool = True) -> None:
        """Say that a part is worse than it should be, or no longer so: shown to operators, the service stays ready."""
        with self._lock:
            (self._impaired.add if now else self._impaired.discard)(part)

    def impairments(self) -> list[str]:
        """Give the impaired parts, sorted."""
        with self._lock:
            return sorted(self._impaired)
