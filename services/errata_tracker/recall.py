"""Issues that Redis does not hold: asked for in ClickHouse before any of them is called new.

Which are there and why Redis lacks them decides what an answer is worth:

- evicted by a tracker: only after ClickHouse had everything, so what is found is all there is. Without ClickHouse the
  partition waits: what such an issue is, nobody else knows.
- lost by Redis itself, which still has a trace of it, or which is found against all expectation: what ClickHouse has
  may be older than what was lost, so it counts once the writer has landed all that was published until now.
- no trace in either: new. Without ClickHouse so is whatever Redis has no trace of, since trackers leave one of all they
  evict: alerts do not wait for ClickHouse. Should Redis have lost both, record and trace, meanwhile, the issue is
  called new a second time, under a second id.
"""

from collections.abc import Mapping

from errata.issues.record import IssueRecord
from errata.runtime import logging, metrics
from errata.stores.clickhouse import restore as lost
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.redis.partition_state import PartitionState, Traces
from errata_tracker.batch import Sought
from errata_tracker.counters import count_windows
from errata_tracker.landed import Landed
from errata_tracker.rule_book import RuleBook
from errata_tracker.tables import Tables
from errata_tracker.tracked import Tracked

log = logging.get(__name__)


class StateAwayError(Exception):
    """ClickHouse is away, and it alone has the state of an issue that something happened to."""


class Recall:
    """Finds the issues of one partition that Redis does not hold."""

    def __init__(self, partition: int, state: PartitionState, tables: Tables, landed: Landed, book: RuleBook) -> None:
        self._partition = partition
        self._state = state
        self._tables = tables
        self._landed = landed
        self._book = book

    async def find(self, absent: Mapping[str, Sought]) -> dict[str, Tracked]:
        """Give those of the issues that are there; the others are new.

        Raises:
            StateAwayError: one is there, and its state cannot be had now.

        """
        if not absent:
            return {}
        traces = await self._state.traces(list(absent))
        try:
            recalled = await self._tables.ask(lambda clickhouse: self._look(clickhouse, absent, traces))
        except (Away, Refused) as error:
            if traces.evicted or traces.lost:
                raise StateAwayError from error
            metrics.TRACKER_UNVERIFIED.inc(len(absent))
            return {}
        metrics.TRACKER_RECALLED.labels("evicted").inc(len(recalled.keys() & traces.evicted))
        metrics.TRACKER_RECALLED.labels("lost").inc(len(recalled.keys() - traces.evicted))
        gone = (traces.evicted | traces.lost) - recalled.keys()
        if gone:
            log.error("issues are in neither store: new again", partition=self._partition, issues=len(gone))
        return recalled

    async def _look(self, clickhouse: ClickHouse, absent: Mapping[str, Sought], traces: Traces) -> dict[str, Tracked]:
        issues = [(sought.project, issue) for issue, sought in absent.items()]
        states = await lost.states(clickhouse, issues)
        missing = traces.lost | ({state.issue_id for state in states} - traces.evicted)
        if missing:
            log.warning("Redis has lost issues", partition=self._partition, issues=len(missing))
            await self._landed.wait(await self._landed.published([self._partition]))
            states = await lost.states(clickhouse, issues)
            counted = max((state.offset + 1 for state in states), default=0)
            await self._landed.wait(self._landed.events(self._partition, counted))
        now = min(sought.at for sought in absent.values())
        windows = await count_windows(clickhouse, states, now, self._book)
        return {s.issue_id: Tracked(IssueRecord.of(s), windows.get(s.issue_id, {})) for s in states}
