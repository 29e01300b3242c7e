"""What must be true once everything has settled: no accepted event lost, none doubled, counts and alerts true."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

import clickhouse_connect
import msgspec
import redis
from clickhouse_connect.driver.client import Client
from tests.faults.expected_alerts import expected
from tests.load.installation import Installation
from tests.load.sender import Sent

from errata.contracts import topics
from errata.contracts.messages import Alert, AlertKind, IssueState, Transition, TransitionKind
from errata.issues.record import decode_record
from errata.stores.kafka.connection import consumer

M = TypeVar("M")


@dataclass
class Verdict:
    """The figures of one scenario, and every promise that was broken."""

    name: str = ""
    sent: int = 0
    accepted: int = 0
    unanswered: int = 0
    stored: int = 0
    issues: int = 0
    alerts: int = 0
    broken: list[str] = field(default_factory=list)

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note a broken promise."""
        if not holds:
            self.broken.append(otherwise)

    def __str__(self) -> str:
        return (
            f"sent {self.sent}, accepted {self.accepted}, unanswered {self.unanswered}, stored {self.stored}, "
            f"issues {self.issues}, alerts {self.alerts}, broken promises {len(self.broken)}"
        )


class Judge:
    """Looks at a stack from outside: ClickHouse by SQL, the topics by a plain consumer, the tools by their exit code."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.settings = installation.settings

    async def settle(self, sent: Sent, *, seconds: float = 180) -> None:
        """Wait until all parts are ready, what was accepted is stored, and nothing moves any more.

        Ends at the deadline all the same: the verdict then names what is missing.
        """
        deadline = time.monotonic() + seconds
        await self.installation.ready(seconds)
        last, still = (-1, -1), 0
        while time.monotonic() < deadline and still < 6:
            await asyncio.sleep(0.5)
            now = (self._number("SELECT count() FROM events"), self._number("SELECT sum(count) FROM issues FINAL"))
            done = now[0] >= len(sent.accepted) and now[0] == now[1]
            still = still + 1 if done and now == last else 0
            last = now

    async def judge(self, sent: Sent, verdict: Verdict) -> None:
        """Give the verdict over everything this installation was ever sent."""
        verdict.sent, verdict.accepted, verdict.unanswered = map(len, (sent.templates, sent.accepted, sent.unanswered))
        self._judge_events(sent, verdict)
        self._judge_issue_counts(verdict)
        await self._judge_messages(verdict)
        audit = self.installation.errata("audit", "--json")
        verdict.expect(audit.returncode == 0, f"errata audit exits {audit.returncode}: {audit.stdout[-600:]}")

    def _judge_events(self, sent: Sent, verdict: Verdict) -> None:
        stored = Counter(row[0] for row in self._client().query("SELECT toString(event_id) FROM events").result_rows)
        verdict.stored = stored.total()
        missing = [event_id for event_id in sent.accepted if event_id not in stored]
        doubled = [event_id for event_id, count in stored.items() if count > 1]
        strange = [event_id for event_id in stored if event_id not in sent.templates]
        verdict.expect(not missing, f"{len(missing)} accepted events are not stored, such as {missing[:3]}")
        verdict.expect(not doubled, f"{len(doubled)} events are stored twice, such as {doubled[:3]}")
        verdict.expect(not strange, f"{len(strange)} events were never sent")

    def _judge_issue_counts(self, verdict: Verdict) -> None:
        true = dict(self._rows("SELECT toString(group_hash), count() FROM events GROUP BY 1"))
        told = dict(self._rows("SELECT toString(issue_id), sum(count) FROM issues FINAL GROUP BY 1"))
        verdict.issues = len(true)
        wrong = {issue: (count, told.get(issue)) for issue, count in true.items() if told.get(issue) != count}
        verdict.expect(
            not wrong, f"ClickHouse counts of {len(wrong)} issues are wrong: {dict(list(wrong.items())[:3])}"
        )
        verdict.expect(told.keys() <= true.keys(), "there are issues without events")
        held = self.redis_counts()
        wrong = {issue: (count, held.get(issue)) for issue, count in true.items() if held.get(issue) != count}
        verdict.expect(not wrong, f"Redis counts of {len(wrong)} issues are wrong: {dict(list(wrong.items())[:3])}")

    async def _judge_messages(self, verdict: Verdict) -> None:
        published = await self._read(topics.ISSUES, IssueState)
        names = {(state.issue_id, state.short_id) for state in published}
        verdict.expect(len(names) == len(dict(names)), "an issue has had two short ids")
        verdict.expect(len(names) == len({short for _, short in names}), "two issues have the same short id")
        states = {state.issue_id: state.count for state in published}
        true = dict(self._rows("SELECT toString(group_hash), count() FROM events GROUP BY 1"))
        verdict.expect(states == true, "the last states on the topic `issues` are not the true counts")
        created: dict[str, set[str]] = {}
        for transition in await self._read(topics.TRANSITIONS, Transition):
            if transition.kind is TransitionKind.CREATED:
                created.setdefault(transition.issue_id, set()).add(transition.id)
        verdict.expect(created.keys() == true.keys(), "not every issue was announced as created")
        verdict.expect(all(len(ids) == 1 for ids in created.values()), "an issue was created under two ids")
        alerts: dict[AlertKind, dict[str, set[str]]] = {kind: {} for kind in AlertKind}
        every: set[str] = set()
        for alert in await self._read(topics.ALERTS, Alert):
            every.add(alert.id)
            alerts[alert.kind].setdefault(alert.issue_id, set()).add(alert.id)
        verdict.alerts = len(every)
        for kind, of_kind in alerts.items():
            verdict.expect(all(len(ids) == 1 for ids in of_kind.values()), f"an issue has two alerts of {kind}")
        verdict.expect(alerts[AlertKind.FIRST_SEEN].keys() == true.keys(), "not every new issue was alerted")
        must, may = expected(self._events_in_order())
        busy = alerts[AlertKind.EVENT_FREQUENCY].keys()
        verdict.expect(bool(must), "no issue was frequent enough to alert, so nothing is proved of it")
        verdict.expect(must <= busy, f"{len(must - busy)} of {len(must)} alerts on frequency are missing")
        verdict.expect(busy <= may, f"{len(busy - may)} alerts on frequency should not be there")
        rows = {str(row[0]) for row in self._rows("SELECT DISTINCT id FROM alerts")}
        verdict.expect(rows == every, "the table `alerts` does not hold the alerts of the topic")

    def _events_in_order(self) -> list[tuple[str, int]]:
        """Give issue and time of receipt of every event, those of an issue in the order that the tracker read them."""
        sql = (
            "SELECT toString(group_hash), toUnixTimestamp64Micro(received_at) FROM events ORDER BY partition_, offset_"
        )
        return [(str(issue), int(at)) for issue, at in self._client().query(sql).result_rows]

    async def _read(self, topic: str, kind: type[M]) -> list[M]:
        """Give every committed message of a topic, oldest first in each partition."""
        reader = consumer(self.settings, None, auto_offset_reset="earliest")
        await reader.start()
        try:
            reader.subscribe([self.settings.topic_prefix + topic])
            while not reader.assignment():
                await asyncio.sleep(0.05)
            found: list[M] = []
            ends = await reader.end_offsets(reader.assignment())
            while True:
                batches = await reader.getmany(timeout_ms=500)
                found += [msgspec.json.decode(r.value, type=kind) for b in batches.values() for r in b if r.value]
                if all([await reader.position(p) >= end for p, end in ends.items()]):
                    return found
        finally:
            await reader.stop()

    def _client(self) -> Client:
        address = urlsplit(self.settings.clickhouse)
        return clickhouse_connect.get_client(
            host=address.hostname, port=address.port, database=address.path.strip("/"), query_limit=0
        )

    def _rows(self, sql: str) -> list[tuple[str, int]]:
        return [(str(row[0]), int(row[1]) if len(row) > 1 else 0) for row in self._client().query(sql).result_rows]

    def _number(self, sql: str) -> int:
        return int(self._client().query(sql).result_rows[0][0] or 0)

    def redis_counts(self) -> dict[str, int]:
        """Give each issue's count as the tracker's state in Redis has it."""
        with redis.Redis.from_url(self.settings.redis) as client:
            keys = list(client.scan_iter(match=f"{self.settings.topic_prefix}{{*}}:issue:*", count=1_000))
            values = client.mget(keys) if keys else []
        records = [decode_record(value) for value in values if value is not None]
        return {record.issue_id: record.count for record in records}
