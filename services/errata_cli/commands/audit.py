"""`errata audit`: prove that each item that came in ended exactly once, and that issues agree with their events."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter
from rich.progress import Progress

from errata.contracts import groups, topics
from errata.contracts.times import to_datetime, to_micros
from errata.runtime.settings import CommonSettings, load
from errata.stages.plan import plan
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.ledger import Stretch
from errata.stores.kafka.connection import consumer, started
from errata.stores.kafka.topics import admin_client
from errata_cli.audit.issues import judge_issues
from errata_cli.audit.judge import Verdict, judge
from errata_cli.audit.lost import deleted_unread, without_rows
from errata_cli.audit.packs import packs
from errata_cli.audit.positions import WRITTEN, Positions
from errata_cli.audit.report import Report
from errata_cli.commands.run import CannotTellError, progress_bars, run

# How long the writer may take for what the processor has finished, where --wait says nothing.
_PATIENCE_S = 15.0

# Each ledger, and who decides how its items end.
_LEDGERS = ((topics.INGEST, groups.PROCESSOR), (topics.INGEST_SESSIONS, groups.WRITER))


def audit(
    *, since: datetime | None = None, wait: float | None = None, json: Annotated[bool, Parameter(negative="")] = False
) -> int:
    """Prove that each item that came in ended exactly once: as rows, or as an outcome with its reason.

    Every pack that Kafka still holds and that is processed is compared with ClickHouse; of those that it has deleted
    within the last week, rows must tell that they were read. Ends with 0 when all is as it must be, 1 when not (each
    item is named by its origin), 2 when it cannot be judged now.

    Example: `errata audit --wait 30`

    Parameters
    ----------
    since
        Judge packs from this time on, such as 2026-11-23T14:00:00, UTC; without it all that Kafka still holds.
    wait
        Seconds to let everything that has come in settle first; without it only the writer is waited for, 15 seconds.
    json
        Print the whole result as JSON.

    """
    start = 0 if since is None else to_micros(since if since.tzinfo else since.replace(tzinfo=UTC))
    report = run(_audit(load(CommonSettings), start, wait, quiet=json))
    print(report.json() if json else report.text())
    return 0 if report.holds else 1


async def _audit(settings: CommonSettings, since: int, wait: float | None, *, quiet: bool) -> Report:
    patience = _PATIENCE_S if wait is None else wait
    async with await ClickHouse.connect(settings.clickhouse) as clickhouse, _positions(settings) as positions:
        if wait is not None:
            await positions.settle(time.monotonic() + wait)
        # First how far the processor is, then the ends of what it wrote: those hold all that came of the former.
        ends = {topic: await positions.committed(group, topic) for topic, group in _LEDGERS}
        for segment in plan(settings.cuts)[1:]:  # what the first one has handed on, the others have to finish
            if await positions.wait(segment.group, await positions.ends(segment.source), time.monotonic() + patience):
                raise CannotTellError(f"the {segment.group} is behind; see `errata status`, or try --wait SECONDS")
        tracked = await positions.committed(groups.TRACKER, topics.EVENTS)
        waiting = (await positions.ends(topics.INGEST))[topics.INGEST]
        lost = await deleted_unread(positions)
        written = await positions.ends(*(topic for topic in WRITTEN if topic != topics.INGEST_SESSIONS))
        # A service that finds its position deleted stops, so what it lacks is not waited for.
        lag = 0 if lost else await positions.wait(groups.WRITER, written, time.monotonic() + patience)
        if lag:
            raise CannotTellError(f"the writer is {lag:,} records behind; see `errata status`, or try --wait SECONDS")
        for topic, group in _LEDGERS:
            starts = await positions.starts(topic)
            gone = {partition: min(start, ends[topic].get(partition, 0)) for partition, start in starts.items()}
            lost += await without_rows(clickhouse, settings.generation, topic, group=group, ends=gone)
        with progress_bars(quiet=quiet) as progress:
            verdicts = [
                await _judge_ledger(settings, clickhouse, Verdict(topic=topic), ends[topic], since, progress=progress)
                for topic, _ in _LEDGERS
            ]
        issues = await judge_issues(clickhouse, settings.generation, tracked, time.monotonic() + patience)
    notes = []
    if behind := sum(max(0, end - ends[topics.INGEST].get(number, 0)) for number, end in waiting.items()):
        notes.append(f"{behind:,} packs wait for the processor; they are not judged")
    if since:
        notes.append(f"only packs from {to_datetime(since):%Y-%m-%d %H:%M:%S} UTC on are judged")
    if issues.repeated_ids:
        notes.append(f"{issues.repeated_ids:,} transitions or alerts came again under the same id, which is harmless")
    holds = not lost and issues.holds and all(verdict.holds for verdict in verdicts)
    return Report(holds=holds, ledgers=verdicts, lost=lost, issues=issues, notes=notes)


async def _judge_ledger(
    settings: CommonSettings,
    clickhouse: ClickHouse,
    verdict: Verdict,
    ends: Mapping[int, int],
    since: int,
    *,
    progress: Progress,
) -> Verdict:
    task = progress.add_task(f"reading {verdict.topic}", total=None)
    judged_to: dict[int, int] = {}
    async for partition, chunk in packs(
        settings,
        verdict.topic,
        ends,
        since,
        progress=lambda done, total: progress.update(task, completed=done, total=total),
    ):
        # From the end of the last chunk on, so that a row between two packs is seen, too.
        first = judged_to.get(partition, min(chunk) - 1) + 1
        judged_to[partition] = max(chunk)
        stretch = Stretch(verdict.topic, settings.generation, partition, first, max(chunk))
        await judge(clickhouse, verdict, stretch, chunk)
    return verdict


@asynccontextmanager
async def _positions(settings: CommonSettings) -> AsyncIterator[Positions]:
    async with admin_client(settings.kafka) as admin, started(consumer(settings, None)) as reader:
        yield Positions(settings, admin, reader)
