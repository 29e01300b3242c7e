"""The whole pipeline under the load set: `make bench` prints what each process costs and what comes out at the end.

    python -m tests.bench.pipeline [--events N] [--processors N] [--latency-seconds N]

Fully processed counts, not accepted: an event is done when ClickHouse holds it and the tracker has passed it. Sender
and stack share this machine; the sender's own CPU is shown, since it is not available to what it measures.
"""

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import msgspec
import psutil
import uvloop
from rich.console import Console
from rich.table import Table
from tests.load.installation import KEY, PROJECT, ROOT, Installation
from tests.load.loadset import Copy, LoadSet
from tests.load.sender import Sender, Sent

from errata.contracts import topics
from errata.contracts.messages import Alert
from errata.stores.kafka.connection import consumer

# An alert for each event with the tag `probe`, so that latency is measured on a few events among many.
PROBES = [
    {
        "id": "probe",
        "name": "Probe",
        "frequency": 0,
        "conditions": [{"id": "sentry.rules.conditions.every_event.EveryEventCondition"}],
        "filters": [
            {"id": "sentry.rules.filters.tagged_event.TaggedEventFilter", "key": "probe", "match": "eq", "value": "1"}
        ],
        "actions": [],
    }
]
PROBES_PER_SECOND = 20
console = Console(width=110)


@dataclass
class Usage:
    """What one process used over a run."""

    cpu_seconds: float = 0.0
    rss_mib: float = 0.0


@dataclass
class Run:
    """One run of the load: what came of it."""

    name: str
    events: int
    accept_seconds: float
    total_seconds: float
    usage: dict[str, Usage]
    sent: Sent


class Watch:
    """CPU and memory of every process of a stack, and of this one, between `start` and `stop`."""

    def __init__(self, installation: Installation) -> None:
        self._processes = installation.processes() | {"(sender)": psutil.Process()}
        self._before = {name: _cpu(process) for name, process in self._processes.items()}

    def stop(self) -> dict[str, Usage]:
        """Give what each used since."""
        return {
            name: Usage(_cpu(process) - self._before[name], process.memory_info().rss / 2**20)
            for name, process in self._processes.items()
        }


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


class Bench:
    """One installation, measured again and again."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.load = LoadSet()
        self.sender = Sender("127.0.0.1", installation.relay_port, project=PROJECT, key=KEY, connections=64)
        self.settings = installation.settings
        address = urlsplit(self.settings.clickhouse)
        self.clickhouse = clickhouse_connect.get_client(
            host=address.hostname, port=address.port, database=address.path.strip("/")
        )
        self.stored = 0

    async def run(self, name: str, events: int, *, rate: float = 0, hot_share: float = 0) -> Run:
        """Send events and wait until each is stored and tracked."""
        watch, begun = Watch(self.installation), time.monotonic()
        sent = await self.sender.send(self.load.copies(hot_share=hot_share), count=events, rate=rate)
        accepted = time.monotonic() - begun
        if len(sent.accepted) != events:
            raise SystemExit(f"{name}: {len(sent.accepted)} of {events} accepted, refused: {dict(sent.refused)}")
        self.stored += events
        await self._drained()
        return Run(name, events, accepted, time.monotonic() - begun, watch.stop(), sent)

    async def _drained(self, seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._count("SELECT count() FROM events") >= self.stored:
                break
            await asyncio.sleep(0.1)
        while time.monotonic() < deadline:
            if self._count("SELECT sum(count) FROM issues FINAL") >= self.stored:
                return
            await asyncio.sleep(0.1)
        raise SystemExit("the pipeline did not drain")

    def _count(self, sql: str) -> int:
        return int(self.clickhouse.query(sql).result_rows[0][0] or 0)

    async def latency(self, seconds: float, rate: float) -> list[float]:
        """Send at a steady rate with probes among the events; give each probe's seconds from receipt to alert."""
        every = max(1, round(rate / PROBES_PER_SECOND))
        async with self._alerts() as seen:
            count = int(rate * seconds)
            await self.sender.send(_with_probes(self.load.copies(), every), count=count, rate=rate)
            self.stored += count
            await self._drained()
            await asyncio.sleep(1)
        if not seen:
            raise SystemExit("no probe came back as an alert")
        return sorted(seen)

    @asynccontextmanager
    async def _alerts(self) -> AsyncIterator[list[float]]:
        reader = consumer(self.settings, None, auto_offset_reset="latest")
        await reader.start()
        name = self.settings.topic_prefix + topics.ALERTS
        reader.subscribe([name])
        while not reader.assignment():
            await asyncio.sleep(0.05)
        for partition in reader.assignment():
            await reader.position(partition)
        seen: list[float] = []

        async def read() -> None:
            async for record in reader:
                alert = msgspec.json.decode(record.value, type=Alert)
                seen.append(time.time() - alert.fired_at / 1e6)

        task = asyncio.create_task(read())
        try:
            yield seen
        finally:
            task.cancel()
            await reader.stop()


def _with_probes(copies: Iterator[Copy], every: int) -> Iterator[Copy]:
    for number, copy in enumerate(copies):
        if number % every:
            yield copy
        else:
            yield copy._replace(body=b'{"tags":{"probe":"1"},' + _without_tags(copy.body)[1:])


def _without_tags(body: bytes) -> bytes:
    """Give the event with its own tags under another name: a key twice would hide the probe's."""
    return body.replace(b'"tags":', b'"tags_before":', 1)


def percentile(ordered: list[float], share: float) -> float:
    """Give the value below which this share of an ordered list lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def show(run: Run, idle: dict[str, Usage]) -> None:
    """Print one run as a table: a row a process."""
    table = Table(title=f"{run.name}: {run.events} events", title_justify="left")
    for heading in ("process", "CPU us/event", "share", "MiB", "MiB idle"):
        table.add_column(heading, justify="left" if heading == "process" else "right")
    total = sum(usage.cpu_seconds for usage in run.usage.values())
    for name, usage in sorted(run.usage.items(), key=lambda pair: -pair[1].cpu_seconds):
        before = idle.get(name)
        table.add_row(
            name,
            f"{usage.cpu_seconds / run.events * 1e6:.0f}",
            f"{usage.cpu_seconds / total:.0%}",
            f"{usage.rss_mib:.0f}",
            f"{before.rss_mib:.0f}" if before else "",
        )
    stack = {name: usage for name, usage in run.usage.items() if name != "(sender)"}
    table.add_row(
        "all but the sender",
        f"{sum(usage.cpu_seconds for usage in stack.values()) / run.events * 1e6:.0f}",
        "",
        f"{sum(usage.rss_mib for usage in stack.values()):.0f}",
        f"{sum(usage.rss_mib for name, usage in idle.items() if name != '(sender)'):.0f}",
        style="bold",
    )
    console.print(table)
    ordered = sorted(run.sent.latencies)
    console.print(
        f"accepted: {run.events / run.accept_seconds:.0f} events/s "
        f"(answer p50 {percentile(ordered, 0.5) * 1e3:.0f} ms, p99 {percentile(ordered, 0.99) * 1e3:.0f} ms)"
    )


async def bench(events: int, latency_seconds: float, installation: Installation) -> None:
    """Print every figure."""
    await asyncio.sleep(5)
    idle = Watch(installation).stop()
    subject = Bench(installation)
    console.print("warming up ...")
    await subject.run("warm-up", min(2000, events))
    run = await subject.run("as fast as it accepts", events)
    show(run, idle)
    rate = run.events / run.total_seconds
    console.print(f"fully processed: {rate:.0f} events/s\n", style="bold")
    hot = await subject.run("90 % of events in one issue", events, hot_share=0.9)
    show(hot, idle)
    console.print(f"fully processed, one hot issue: {hot.events / hot.total_seconds:.0f} events/s\n", style="bold")
    if latency_seconds:
        seen = await subject.latency(latency_seconds, rate / 2)
        console.print(
            f"receipt to alert at {rate / 2:.0f} events/s: p50 {percentile(seen, 0.5) * 1e3:.0f} ms, "
            f"p99 {percentile(seen, 0.99) * 1e3:.0f} ms, max {seen[-1] * 1e3:.0f} ms over {len(seen)} alerts",
            style="bold",
        )


def main() -> None:
    """Run the benchmark in a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--processors", type=int, default=os.cpu_count() or 1, help="default: one a core")
    parser.add_argument("--latency-seconds", type=float, default=30)
    parser.add_argument("--data", type=Path, default=ROOT / ".errata" / "bench")
    arguments = parser.parse_args()
    console.print("starting a stack of its own ...")
    with Installation(arguments.data, rules=PROBES, processors=arguments.processors) as installation:
        uvloop.run(bench(arguments.events, arguments.latency_seconds, installation))
    installation.remove_data()


if __name__ == "__main__":
    main()
