"""What must be looked at though nothing happens: issues whose archive ends, or that nobody has seen for long.

Their times stand in Redis. An issue enters them when it changes (`decide`); when a project begins to resolve issues by
time, those that are there already are entered here, some at each look.
"""

import time
from collections.abc import Mapping

from errata.contracts.times import Clock
from errata.issues.evolution import due_at
from errata.stores.redis.partition_state import PartitionState
from errata_tracker.batch import Agenda
from errata_tracker.rule_book import RuleBook

_LOOK_SECONDS = 5.0
_AT_ONCE = 500
_DONE = -1


class AgendaKeeper:
    """The agenda of one partition."""

    def __init__(self, state: PartitionState, book: RuleBook, clock: Clock) -> None:
        self._state = state
        self._book = book
        self._clock = clock
        self._looked = float("-inf")
        self._entering: Mapping[int, int] = {}
        self._entered = _DONE
        """Issues last seen until this time are entered, microseconds."""

    async def look(self) -> Agenda:
        """Give what is due now, mostly nothing; asks every few seconds only."""
        now = self._clock()
        if time.monotonic() < self._looked + _LOOK_SECONDS:
            return Agenda(now)
        self._looked = time.monotonic()
        return Agenda(now, await self._state.due(now, _AT_ONCE), await self._enter(now))

    async def _enter(self, now: int) -> dict[tuple[int, str], int]:
        """Give when issues are due that were there before their project began to resolve issues by time."""
        if self._book.auto_resolve_days != self._entering:
            self._entering, self._entered = self._book.auto_resolve_days, 0
        if self._entered == _DONE:
            return {}
        page = await self._state.seen(_AT_ONCE, after=self._entered, before=now)
        self._entered = max(page.values(), default=_DONE)
        records = (await self._state.records(list(page))).values()
        times = {(r.project, r.issue_id): due_at(r, self._entering.get(r.project, 0)) for r in records}
        return {issue: at for issue, at in times.items() if at}
