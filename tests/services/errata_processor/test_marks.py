"""On a real Kafka: only an owner that vanishes while it processes a batch is held against the batch."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.services.errata_processor.rig import Rig, item

from errata.contracts.groups import PROCESSOR
from errata.contracts.topics import INGEST
from errata_processor.lanes import Lane, open_lanes
from errata_processor.positions import Start, read_starts

pytestmark = pytest.mark.stack
Open = Callable[[], Awaitable[Lane]]


@pytest.fixture
async def open_lane(rig: Rig) -> AsyncIterator[Open]:
    """Open a lane on a partition with two records; owners that opened it before vanish without a word."""
    await rig.produce([(item(),)] * 2 * rig.partitions)
    lanes = []

    async def open_lane() -> Lane:
        lanes.append((await open_lanes([0], 1, rig.settings, 262_144))[0])
        return lanes[-1]

    yield open_lane
    for lane in lanes:
        await lane._producer.stop()


async def start(rig: Rig) -> Start:
    return (await read_starts(rig.settings, PROCESSOR, INGEST, [0]))[0]


async def test_owners_that_vanish_before_they_process_leave_no_mark(rig: Rig, open_lane: Open) -> None:
    for _ in range(4):
        await open_lane()
    assert await start(rig) == Start(0, 0)


async def test_each_owner_that_vanishes_in_its_first_batch_leaves_one(rig: Rig, open_lane: Open) -> None:
    for tried in range(3):
        lane = await open_lane()
        assert not lane.poisoned(0, 64)
        await lane.begin()
        await lane.begin()
        assert await start(rig) == Start(0, tried + 1)
    assert (await open_lane()).poisoned(0, 64)


async def test_an_orderly_end_takes_its_mark_away(rig: Rig, open_lane: Open) -> None:
    await (await open_lane()).begin()
    lane = await open_lane()
    await lane.begin()
    await lane.close()
    assert await start(rig) == Start(0, 1)


async def test_a_commit_takes_all_marks_away(rig: Rig, open_lane: Open) -> None:
    await (await open_lane()).begin()
    lane = await open_lane()
    await lane.begin()
    assert await lane.commit([], 0, 1)
    await lane.close()
    assert await start(rig) == Start(1, 0)


async def test_an_owner_that_was_replaced_can_not_take_marks_away(rig: Rig, open_lane: Open) -> None:
    old = await open_lane()
    await old.begin()
    await (await open_lane()).begin()
    await old.close()
    assert await start(rig) == Start(0, 2)
