"""The faults: kill -9, a pause longer than the session timeout, a wiped Redis; each done to a running stack."""

import asyncio
import random
import signal
from collections.abc import Sequence

import redis.asyncio
from tests.load.installation import Installation

SERVICES = ("relay", "processor-1", "tracker", "writer")
EVERYTHING = (*SERVICES, "kafka", "redis", "clickhouse")
# Longer than the 10 s after which the broker gives a silent consumer's partitions to another.
PAUSE_SECONDS = 14.0


async def kill_at_random(
    installation: Installation, kills: int, *, parts: Sequence[str] = EVERYTHING, every: float = 4.0, seed: int = 7
) -> list[str]:
    """Kill -9 random parts, one every few seconds; give their names in order.

    A part that is just being restarted is passed over for another, so that each kill meets a process.
    """
    chance = random.Random(seed)
    killed: list[str] = []
    while len(killed) < kills:
        await asyncio.sleep(chance.uniform(0.5, 1.5) * every)
        name = chance.choice(parts)
        if installation.hurt(name, signal.SIGKILL):
            killed.append(name)
    return killed


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
