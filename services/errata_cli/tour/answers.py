"""What the tour asks of a running stack: ClickHouse by SQL, the public topics as any program would read them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from errata.contracts.messages import Alert
from errata.contracts.odd_json import loads
from errata.contracts.pack import decode_pack
from errata.contracts.topics import ALERTS, INGEST
from errata.runtime.settings import CommonSettings
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.kafka.scan import scan

# Far above what any step takes (about a second); reached only when something is broken.
PATIENCE_SECONDS = 30
_POLL_SECONDS = 0.2

_ISSUES = """SELECT short_id, status, title, errors, users_24h, first_release, last_release, toString(issue)
FROM issue_list WHERE issue IN (SELECT group_hash FROM events WHERE tags['run'] = {run:String})
ORDER BY first_seen"""
_EVENT = """SELECT event_id, payload FROM events
WHERE tags['run'] = {run:String} AND has(exception_types, {type:String}) ORDER BY received_at LIMIT 1"""

AnswerT = TypeVar("AnswerT")


class Issue(NamedTuple):
    """A row of the view `issue_list`."""

    short_id: str
    status: str
    title: str
    errors: int
    users: int
    first_release: str
    last_release: str
    issue_id: str


class Answers:
    """Asks about the errors of one run of the sample application, told apart by their tag `run`."""

    def __init__(self, settings: CommonSettings, run: str, started_at: int) -> None:
        """Prepare to ask.

        Args:
            settings: where the stack is.
            run: the value of the tag.
            started_at: microseconds; nothing older is looked at in the topics.

        """
        self._settings = settings
        self._run = run
        self._started_at = started_at

    async def issues(self) -> list[Issue]:
        """Give the run's issues, oldest first."""
        return [Issue(*row) for row in await self._rows(_ISSUES, {"run": self._run})]

    async def issue(self, title: str) -> Issue | None:
        """Give the run's issue whose title begins so."""
        return next((issue for issue in await self.issues() if issue.title.startswith(title)), None)

    async def alerts(self) -> list[Alert]:
        """Give the alerts about the run's issues, oldest first, each once: delivery is at least once."""
        issues = {issue.issue_id for issue in await self.issues()}
        found: dict[str, Alert] = {}
        async for record in scan(self._settings, ALERTS, since=self._started_at):
            alert = msgspec.json.decode(record.value, type=Alert)
            if alert.issue_id in issues:
                found[alert.id] = alert
        return sorted(found.values(), key=lambda alert: alert.fired_at)

    async def stored(self, exception_type: str) -> tuple[str, Any]:
        """Give the id and the canonical form of the run's first event of this type."""
        rows = await self._rows(_EVENT, {"run": self._run, "type": exception_type})
        return str(rows[0][0]), json.loads(rows[0][1])

    async def sent(self, event_id: str) -> Any:
        """Give an event as its client sent it, from the topic `ingest`, which nobody but the processor should read."""
        async for record in scan(self._settings, INGEST, since=self._started_at):
            for item in decode_pack(record.value).items:
                if item.meta.event_id == event_id:
                    return loads(item.payload)
        return {}

    async def _rows(self, sql: str, parameters: Mapping[str, str]) -> Sequence[Sequence[Any]]:
        async with await ClickHouse.connect(self._settings.clickhouse) as clickhouse:
            return await clickhouse.rows(sql, parameters)


async def until(
    ask: Callable[[], Awaitable[AnswerT]], holds: Callable[[AnswerT], bool], seconds: float = PATIENCE_SECONDS
) -> AnswerT:
    """Ask again and again until an answer is as wanted; give the last answer in any case after so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        answer = await ask()
        if holds(answer) or time.monotonic() > deadline:
            return answer
        await asyncio.sleep(_POLL_SECONDS)
