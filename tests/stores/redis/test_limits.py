"""Counting what may come in, on a real Redis: as much as every limit has room for, window by window."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from errata.config.limits import Allowance
from errata.contracts.outcomes import Reason
from errata.stores.redis.connection import connect
from errata.stores.redis.limits import Allowances, Grant, Wish

pytestmark = pytest.mark.stack

MINUTE = Allowance("minute", 10, 60, Reason.RATE_LIMIT, (), "project")
HOUR = Allowance("hour", 12, 3600, Reason.RATE_LIMIT, (), "project", keep_seconds=7200)
NOW = 1_800_000_000


@pytest.fixture
async def redis(redis_db: str) -> AsyncIterator[Redis]:
    client = connect(redis_db)
    yield client
    await client.aclose()


async def test_as_much_is_taken_as_every_limit_has_room_for(redis: Redis) -> None:
    shared = Allowances(redis, "t.")
    both = (HOUR, MINUTE)
    assert await shared.take(1, [Wish(9, both), Wish(2, both), Wish(1, both)], NOW) == [
        Grant(9),
        Grant(1, MINUTE),
        Grant(0, MINUTE),
    ]
    assert await shared.used(1, HOUR, range(NOW // 3600, NOW // 3600 + 1)) == [10]


async def test_what_came_as_one_is_taken_whole_or_not_at_all(redis: Redis) -> None:
    shared = Allowances(redis, "t.")
    assert await shared.take(1, [Wish(11, (MINUTE,), least=11), Wish(10, (MINUTE,), least=10)], NOW) == [
        Grant(0, MINUTE, room=10),
        Grant(10),
    ]


async def test_a_limit_that_was_passed_before_it_was_lowered_has_no_room(redis: Redis) -> None:
    shared = Allowances(redis, "t.")
    lowered = MINUTE._replace(limit=4)
    assert await shared.take(1, [Wish(6, (MINUTE,)), Wish(1, (lowered,))], NOW) == [Grant(6), Grant(0, lowered)]


async def test_a_new_window_has_room_again_and_a_longer_one_still_counts(redis: Redis) -> None:
    shared = Allowances(redis, "t.")
    assert await shared.take(1, [Wish(10, (MINUTE, HOUR))], NOW) == [Grant(10)]
    assert await shared.take(1, [Wish(1, (MINUTE, HOUR))], NOW) == [Grant(0, MINUTE)]
    assert await shared.take(1, [Wish(3, (MINUTE, HOUR))], NOW + 60) == [Grant(2, HOUR)]


async def test_projects_do_not_share(redis: Redis) -> None:
    shared = Allowances(redis, "t.")
    assert await shared.take(1, [Wish(10, (MINUTE,))], NOW) == [Grant(10)]
    assert await shared.take(2, [Wish(10, (MINUTE,))], NOW) == [Grant(10)]


async def test_installations_do_not_share(redis: Redis) -> None:
    assert await Allowances(redis, "t.").take(1, [Wish(10, (MINUTE,))], NOW) == [Grant(10)]
    assert await Allowances(redis, "u.").take(1, [Wish(10, (MINUTE,))], NOW) == [Grant(10)]


async def test_many_relays_at_once_never_take_more_than_there_is(redis: Redis) -> None:
    shared = Allowances(redis, "t.")
    answers = await asyncio.gather(*(shared.take(1, [Wish(1, (MINUTE,))], NOW) for _ in range(50)))
    assert answers.count([Grant(1)]) == 10


async def test_counts_vanish_by_themselves(redis: Redis) -> None:
    await Allowances(redis, "t.").take(1, [Wish(1, (MINUTE, HOUR))], NOW)
    times = sorted([await redis.ttl(key) async for key in redis.scan_iter("t.*")])
    assert len(times) == 2
    assert 0 < times[0] <= 120 < times[1] <= 2 * 3600 + 7200


async def test_a_count_that_was_never_made_is_none(redis: Redis) -> None:
    assert await Allowances(redis, "t.").used(1, HOUR, range(3)) == [None, None, None]
