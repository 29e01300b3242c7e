"""What the processor costs: CPU microseconds an event, from `ingest` to its commit, on a real Kafka and Redis.

    python -m tests.bench.processor [--events N] [--rounds N]

Fills `ingest` with packs of the load set, lets one processor take them, and asks the kernel what it used meanwhile; its
own metrics say how much of that the stages were. Of the rounds the cheapest counts; the others measure the machine's
other work.
"""

import argparse
import asyncio
import re
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import psutil
from tests.load.loadset import LoadSet
from tests.servers import has_docker, server
from tests.services.errata_processor.rig import Rig, item

PACK = 8
"""Items that a relay under load puts into one record."""
WARM = 2_000
"""Events before the measured ones: chains are built, connections made."""
STAGES_BUDGET, SHELL_BUDGET = 200, 80


class Sample(NamedTuple):
    """What a processor has done, and used, so far."""

    at: float
    """Seconds of a clock."""
    items: float
    cpu: float
    """Seconds, user and system."""
    stages: float
    """Seconds of the clock in the pure step."""


class Cost(NamedTuple):
    """Microseconds of one event."""

    cpu: float
    stages: float
    wall: float


async def measure(events: int, servers: Mapping[str, str]) -> Cost:
    """Let a processor take a backlog."""
    with tempfile.TemporaryDirectory() as folder:
        rig = Rig(Path(folder), dict(servers) | {"ERRATA_TOPIC_PREFIX": f"bench{uuid.uuid4().hex[:8]}."})
        await rig.make_topics()
        copies = LoadSet().copies()
        total = (WARM + events) // PACK
        await rig.produce(
            tuple(item(copy.body, event_id=copy.event_id) for copy in islice(copies, PACK)) for _ in range(total)
        )
        rig.start("one", instance="one", admin_port="0")
        try:
            await rig.logged("one", "partitions assigned")
            before = await sample(rig, WARM)
            after = await sample(rig, total * PACK)
        finally:
            rig.stop()
    done = (after.items - before.items) / 1e6
    return Cost((after.cpu - before.cpu) / done, (after.stages - before.stages) / done, (after.at - before.at) / done)


async def sample(rig: Rig, items: int) -> Sample:
    """Give what the processor has used once it has committed so many items."""
    process = psutil.Process(rig.workers["one"].pid)
    while True:
        await asyncio.sleep(0.2)
        page = await asyncio.to_thread(_metrics, rig)
        times = process.cpu_times()
        found = Sample(
            time.monotonic(),
            _metric(page, "errata_processor_items_total"),
            times.user + times.system,
            _metric(page, 'errata_processor_batch_seconds_sum{step="process"}'),
        )
        if found.items >= items:
            return found


def _metrics(rig: Rig) -> str:
    with urllib.request.urlopen(f"{rig.admin('one')}/metrics", timeout=30) as answer:
        return answer.read().decode()


def _metric(page: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=10_000, help="measured in a round; default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="of which the cheapest counts; default: %(default)s")
    arguments = parser.parse_args()
    docker = has_docker()
    with server("kafka", docker=docker) as kafka, server("redis", docker=docker) as redis:
        servers = {"ERRATA_KAFKA": kafka, "ERRATA_REDIS": redis}
        rounds = [asyncio.run(measure(arguments.events, servers)) for _ in range(arguments.rounds)]
    cpu, stages, _ = min(rounds)
    print(f"{'microseconds of CPU an event':<32}{'measured':>10}{'budget':>10}")
    print(f"{'stages, parse and dump':<32}{stages:>10.0f}{STAGES_BUDGET:>10}")
    print(f"{'the rest: Kafka, Redis, Python':<32}{cpu - stages:>10.0f}{SHELL_BUDGET:>10}")
    print(f"one processor: {1e6 / min(one.wall for one in rounds):,.0f} events/s of a backlog")
    print(f"all rounds, CPU: {', '.join(f'{one.cpu:.0f}' for one in rounds)} us")


if __name__ == "__main__":
    main()
