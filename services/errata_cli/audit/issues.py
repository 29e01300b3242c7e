"""Whether issues agree with the events they were made from."""

import asyncio
import time
from collections.abc import Mapping

import msgspec

from errata.stores.clickhouse import ledger
from errata.stores.clickhouse.client import ClickHouse

_LOOK_AGAIN_S = 1.0


class IssueVerdict(msgspec.Struct, kw_only=True):
    """What was found of issues, transitions and alerts; issues by project and id."""

    wrong_counts: list[ledger.WrongCount]
    without_issue: list[tuple[int, str]]
    """Groups with stored events of which the tracker made no issue."""
    announced_twice: list[tuple[int, str]]
    repeated_ids: int

    @property
    def holds(self) -> bool:
        """Whether issues and events agree; a repeated id is no fault."""
        return not (self.wrong_counts or self.without_issue or self.announced_twice)

    def describe(self) -> str:
        """Give it in words."""
        if self.holds:
            return "each one's count is the number of its events"
        lines = [
            f"{project}/{issue} says {said:,} events, {stored:,} are stored"
            for project, issue, said, stored in self.wrong_counts
        ]
        lines += [f"{project}/{group} has events, but no issue" for project, group in self.without_issue]
        lines += [f"{project}/{issue} was announced new under several ids" for project, issue in self.announced_twice]
        return "\n  ".join(["do not agree with their events", *lines])


async def judge_issues(
    clickhouse: ClickHouse, generation: int, tracked: Mapping[int, int], deadline: float
) -> IssueVerdict:
    """Compare issues with events; `tracked` is the tracker's position in each partition of `events`.

    The tracker commits its position before it publishes what came of it, so a fault that is none goes away by itself:
    it counts when it is still there at the deadline.
    """
    while True:
        verdict = IssueVerdict(
            wrong_counts=await ledger.wrong_counts(clickhouse, generation),
            without_issue=await ledger.groups_without_issue(clickhouse, generation, tracked),
            announced_twice=await ledger.announced_twice(clickhouse),
            repeated_ids=await ledger.repeated_ids(clickhouse, "transitions")
            + await ledger.repeated_ids(clickhouse, "alerts"),
        )
        if verdict.holds or time.monotonic() >= deadline:
            return verdict
        await asyncio.sleep(_LOOK_AGAIN_S)
