"""Sessions: what `session_id` keeps between requests, as long as requests keep coming."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from errata_chdb.engine import Handle
from errata_chdb.errors import SESSION_IS_LOCKED, SESSION_NOT_FOUND, refusal

DEFAULT_TIMEOUT_S = 60.0
# ClickHouse's own ceiling.
_LONGEST_TIMEOUT_S = 3_600.0


class _Session:
    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.busy = False
        self.expires_at = 0.0


class Sessions:
    """Named sessions, each used by one request at a time; safe for several threads."""

    def __init__(self, new_handle: Callable[[], Handle], clock: Callable[[], float] = time.monotonic) -> None:
        self._new_handle = new_handle
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, _Session] = {}

    @contextmanager
    def use(self, name: str, *, timeout_s: float = DEFAULT_TIMEOUT_S, must_exist: bool = False) -> Iterator[Handle]:
        """Give a session's handle for one request; the session is made when it is new.

        Raises:
            ClickHouseError: it is in use by another request, or is not there though the client says that it is.

        """
        with self._lock:
            self._expire()
            session = self._open.get(name)
            if session is None and must_exist:
                raise refusal(SESSION_NOT_FOUND, "SESSION_NOT_FOUND", "Session not found")
            if session is None:
                session = self._open[name] = _Session(self._new_handle())
            if session.busy:
                raise refusal(SESSION_IS_LOCKED, "SESSION_IS_LOCKED", "Session is locked by a concurrent client")
            session.busy = True
        try:
            yield session.handle
        finally:
            session.expires_at = self._clock() + min(timeout_s, _LONGEST_TIMEOUT_S)
            session.busy = False

    def close(self) -> None:
        """End every session."""
        with self._lock:
            for session in self._open.values():
                session.handle.close()
            self._open.clear()

    def _expire(self) -> None:
        now = self._clock()
        for name, session in list(self._open.items()):
            if not session.busy and session.expires_at < now:
                session.handle.close()
                del self._open[name]
