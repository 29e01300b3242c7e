"""On a real Kafka: only an owner that vanishes while it processes a batch is held against the batch."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.services.errata_processor.rig import Rig, item

from errata.stages.plan import FUSED
from errata_processor.lanes import Lane, open_lanes
from errata_processor.positions import Start

pytestmark = pytest.mark.stack
Open = Callable[[], Awaitable[Lane]]


@pytest.fixture
async def next_owner(rig: Rig) -> AsyncIterator[Open]:
    """Open a lane on a partition with records; owners that opened it before vanish without a word, or say so."""
    await rig.produce([(item(),)] * 2 * rig.partitions)
    lanes = []

    async def open_lane() -> Lane:
        lanes.append((await open_lanes([0], 1, rig.settings, FUSED, 262_144))[0])
        return lanes[-1]

    yield open_lane
    for lane in lanes:
        await lane._producer.stop()
    lanes.clear()
    gc.collect()  # aiokafka leaves the errors of replaced producers to the collector, which reports them: here


async def test_owners_that_vanish_before_they_process_leave_no_mark(next_owner: Open) -> None:
    assert [(await next_owner())._start for _ in range(5)] == [Start(0, 0)] * 5


async def test_each_owner_that_vanishes_in_its_first_batch_leaves_one(next_owner: Open) -> None:
    for tried in range(3):
        lane = await next_owner()
        assert (lane._start, lane.poisoned(0, 64)) == (Start(0, tried), False)
        await lane.begin()
        await lane.begin()
    assert (await next_owner()).poisoned(0, 64)


async def test_an_orderly_end_takes_its_mark_away(next_owner: Open) -> None:
    await (await next_owner()).begin()
    lane = await next_owner()
    await lane.begin()
    await lane.close()
    assert (await next_owner())._start == Start(0, 1)


async def test_a_commit_takes_all_marks_away(next_owner: Open) -> None:
    await (await next_owner()).begin()
    lane = await next_owner()
    await lane.begin()
    assert await lane.commit([], 0, 1)
    await lane.close()
    assert (await next_owner())._start == Start(1, 0)


async def test_an_owner_that_was_replaced_can_not_take_marks_away(next_owner: Open) -> None:
    old = await next_owner()
    await old.begin()
    await (await next_owner()).begin()
    await old.close()
    assert (await next_owner())._start == Start(0, 2)
