"""The pipeline is hurt while events flow; afterwards every promise of exactly once is checked from outside.

The short form is part of `make test`; the long form is `make faults`, which prints its totals in its last line.
"""

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from tests.data import LOAD_SET, NO_DATA
from tests.faults import chaos
from tests.faults.verdict import Judge, Verdict
from tests.load.installation import KEY, PROJECT, ROOT, Installation
from tests.load.loadset import LoadSet
from tests.load.sender import Sender, Sent

pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not LOAD_SET.exists(), reason=NO_DATA),
]
RATE = 80.0


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """Where the stack keeps its data; a broken promise leaves it there, with the log."""
    folder = ROOT / ".errata" / "faults" / request.node.name
    shutil.rmtree(folder, ignore_errors=True)
    return folder


@pytest.fixture
def installation(folder: Path) -> Iterator[Installation]:
    with Installation(folder) as installation:
        yield installation


@pytest.fixture
def two_processors(folder: Path) -> Iterator[Installation]:
    with Installation(folder, processors=2) as installation:
        yield installation


async def under_load(
    installation: Installation,
    faults: Callable[[Installation], Awaitable[object]],
    verdict: Verdict,
    *,
    name: str,
    lead: float = 3.0,
) -> None:
    """Send at a steady rate from some seconds before the faults until some seconds after; settle; judge."""
    verdict.name = name
    sender = Sender("127.0.0.1", installation.relay_port, project=PROJECT, key=KEY, connections=16)
    load, sent, over = LoadSet(), Sent(), asyncio.Event()

    async def stream() -> None:
        copies = load.copies(hot_share=0.3)
        while not over.is_set():
            sent.add(await sender.send(copies, count=int(RATE), rate=RATE))

    streaming = asyncio.create_task(stream())
    await asyncio.sleep(lead)
    await faults(installation)
    await asyncio.sleep(lead)
    over.set()
    await streaming
    judge = Judge(installation)
    await judge.settle(sent)
    await judge.judge(sent, verdict)
    verdict.expect(len(sent.accepted) > RATE * lead, "hardly anything was accepted, so nothing is proved")
    if not verdict.broken:
        installation.stop()
        installation.remove_data()
    assert not verdict.broken, verdict.broken


async def test_nothing_is_lost_or_doubled_by_five_kills_and_a_pause(
    installation: Installation, verdict: Verdict
) -> None:
    parts = chaos.some_parts(5, "tracker", "writer")

    async def faults(stack: Installation) -> None:
        assert set(await chaos.kill_in_rounds(stack, 5, parts=parts)) == set(parts)
        await chaos.pause(stack, "processor-1")

    await under_load(installation, faults, verdict, name=f"5 kills ({', '.join(parts)}), 1 pause")


@pytest.mark.faults
async def test_nothing_is_lost_or_doubled_by_twenty_kills(installation: Installation, verdict: Verdict) -> None:
    async def faults(stack: Installation) -> None:
        assert set(await chaos.kill_in_rounds(stack, 20)) == set(chaos.EVERYTHING)

    await under_load(installation, faults, verdict, name="20 kills")


@pytest.mark.faults
@pytest.mark.parametrize("name", ["processor-1", "tracker", "writer"])
async def test_a_part_paused_beyond_its_session_and_resumed_changes_nothing(
    installation: Installation, verdict: Verdict, name: str
) -> None:
    await under_load(installation, lambda stack: chaos.pause(stack, name), verdict, name=f"{name} paused")


@pytest.mark.faults
async def test_two_processors_hand_partitions_to_each_other(two_processors: Installation, verdict: Verdict) -> None:
    async def faults(stack: Installation) -> None:
        await chaos.pause(stack, "processor-1")
        stack.hurt("processor-2", signal.SIGTERM)
        await asyncio.sleep(4)
        await chaos.kill_in_rounds(stack, 4, parts=("processor-1", "processor-2"))

    await under_load(two_processors, faults, verdict, name="two processors")


@pytest.mark.faults
async def test_a_wiped_redis_is_rebuilt_without_a_false_new_issue(installation: Installation, verdict: Verdict) -> None:
    await under_load(installation, chaos.wipe_redis, verdict, name="Redis wiped", lead=6)
