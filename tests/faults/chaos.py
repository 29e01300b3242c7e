"""The faults: kill -9, a pause longer than the session timeout, a wiped Redis; each done to a running stack."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Iterator, Sequence

import redis.asyncio
from tests.load.installation import Installation

SERVICES = ("relay", "processor-1", "tracker", "writer")
EVERYTHING = (*SERVICES, "kafka", "redis", "clickhouse")
# Longer than the 10 s after which the broker gives a silent consumer's partitions to another.
PAUSE_SECONDS = 14.0
_LOOK_SECONDS = 0.1
_RESTART_SECONDS = 60.0

SEED = int(os.environ.get("ERRATA_TEST_SEED") or time.time_ns() // 1_000_000)
"""Of all that is random in a run, which prints it; ERRATA_TEST_SEED does the same again."""


def rounds(parts: Sequence[str], chance: random.Random) -> Iterator[str]:
    """Give parts for ever, in rounds: each part once a round, in another order each time."""
    while True:
        yield from chance.sample(parts, len(parts))


async def kill_in_rounds(
    installation: Installation, kills: int, *, parts: Sequence[str] = EVERYTHING, every: float = 4.0
) -> list[str]:
    """Kill -9 parts, one every few seconds, each as often as any other; give their names in order.

    A part that is just being restarted is waited for, so that each kill meets a process.
    """
    chance = random.Random(SEED)
    killed: list[str] = []
    for name in rounds(parts, chance):
        if len(killed) == kills:
            return killed
        await asyncio.sleep(chance.uniform(0.5, 1.5) * every)
        async with asyncio.timeout(_RESTART_SECONDS):
            while not installation.hurt(name, signal.SIGKILL):
                await asyncio.sleep(_LOOK_SECONDS)
        killed.append(name)
    raise AssertionError("rounds never end")


def some_parts(count: int, *always: str) -> list[str]:
    """Give so many different parts, those that are named among them."""
    others = [name for name in EVERYTHING if name not in always]
    return [*always, *random.Random(SEED).sample(others, count - len(always))]


async def pause(installation: Installation, name: str, seconds: float = PAUSE_SECONDS) -> None:
    """Stop a part without ending it, so that it loses its partitions and does not know, and let it go on."""
    process = installation.processes()[name]
    process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        if process.is_running():
            process.send_signal(signal.SIGCONT)


async def wipe_redis(installation: Installation) -> None:
    """Lose everything that Redis holds, as a new empty instance would."""
    client = redis.asyncio.from_url(installation.environment["ERRATA_REDIS"])
    await client.flushall()
    await client.aclose()
