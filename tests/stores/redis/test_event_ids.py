"""Who holds an event id, on a real Redis."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError
from redis.exceptions import TimeoutError as RedisTimeoutError

from errata.runtime.metrics import PROCESSOR_REMEMBERED
from errata.stores.redis.connection import connect
from errata.stores.redis.event_ids import Claim, EventIds, lifetime

pytestmark = pytest.mark.stack
ID = "a" * 32


@pytest.fixture
async def redis(redis_db: str) -> AsyncIterator[Redis]:
    client = connect(redis_db)
    yield client
    await client.aclose()


async def test_the_first_one_holds_an_id_and_the_second_learns_who(redis: Redis) -> None:
    ids = EventIds(redis, "t.", 60)
    assert await ids.claim([Claim(1, ID, "1-0-5-0-0")]) == ["1-0-5-0-0"]
    assert await ids.claim([Claim(1, ID, "1-0-9-0-0")]) == ["1-0-5-0-0"]


async def test_a_retry_finds_itself(redis: Redis) -> None:
    ids = EventIds(redis, "t.", 60)
    claims = [Claim(1, f"{n:032x}", f"1-0-{n}-0-0") for n in range(100)]
    assert await ids.claim(claims) == await ids.claim(claims) == [claim.origin for claim in claims]


async def test_of_two_in_one_batch_the_first_holds_it(redis: Redis) -> None:
    assert (
        await EventIds(redis, "t.", 60).claim([Claim(1, ID, "1-0-5-0-0"), Claim(1, ID, "1-0-5-1-0")])
        == ["1-0-5-0-0"] * 2
    )


async def test_projects_do_not_share_ids(redis: Redis) -> None:
    ids = EventIds(redis, "t.", 60)
    assert await ids.claim([Claim(1, ID, "1-0-5-0-0"), Claim(2, ID, "1-0-5-1-0")]) == ["1-0-5-0-0", "1-0-5-1-0"]


async def test_installations_that_share_a_redis_do_not_share_ids(redis: Redis) -> None:
    one, other = EventIds(redis, "one.", 60), EventIds(redis, "other.", 60)
    replay = Claim(1, ID, "1-2-7-0-0", "1-0-5-0-0")
    assert await one.claim([Claim(1, ID, "1-0-5-0-0"), replay]) == ["1-0-5-0-0", replay.origin]
    assert await other.claim([Claim(1, ID, "1-0-6-0-0"), replay._replace(origin="1-3-3-0-0")]) == [
        "1-0-6-0-0",
        "1-3-3-0-0",
    ]


async def test_a_dead_letter_is_replayed_once(redis: Redis) -> None:
    ids = EventIds(redis, "t.", 60)
    await ids.claim([Claim(1, ID, "1-0-5-0-0")])
    first, second = Claim(1, ID, "1-2-7-0-0", "1-0-5-0-0"), Claim(1, ID, "1-3-8-0-0", "1-0-5-0-0")
    assert await ids.claim([first]) == await ids.claim([first]) == [first.origin]
    assert await ids.claim([second]) == [first.origin]


async def test_ids_are_forgotten_in_time(redis: Redis) -> None:
    await EventIds(redis, "t.", 60).claim([Claim(1, ID, "1-0-5-0-0")])
    (key,) = await redis.keys("*")
    assert 0 < await redis.ttl(key) <= 60


@pytest.mark.parametrize(
    ("used", "limit", "seconds"), [(90, 0, 90_000), (50, 100, 90_000), (60, 100, 3600), (80, 100, 60), (99, 100, 60)]
)
def test_ids_are_kept_for_less_while_memory_is_short(used: int, limit: int, seconds: int) -> None:
    assert lifetime({"used_memory": used, "maxmemory": limit}, 90_000) == seconds


def test_without_a_limit_of_its_own_the_machines_memory_is_the_limit_of_a_redis() -> None:
    assert lifetime({"used_memory": 70, "maxmemory": 0, "total_system_memory": 100}, 90_000) == 3600


async def test_a_shorter_stay_is_shown(redis: Redis) -> None:
    used = (await redis.info("memory"))["used_memory"]
    await redis.config_set("maxmemory", int(used / 0.7))
    try:
        await EventIds(redis, "t.", 90_000).claim([Claim(1, ID, "1-0-5-0-0")])
    finally:
        await redis.config_set("maxmemory", 0)
    (key,) = await redis.keys("*")
    assert 60 < await redis.ttl(key) <= 3600
    assert PROCESSOR_REMEMBERED._value.get() == 3600


async def test_a_full_redis_says_so(redis: Redis) -> None:
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            await EventIds(redis, "t.", 60).claim([Claim(1, ID, "1-0-5-0-0")])
    finally:
        await redis.config_set("maxmemory", 0)


async def test_nothing_is_asked_for_nothing() -> None:
    assert await EventIds(connect("redis://127.0.0.1:1"), "t.", 60).claim([]) == []


async def test_a_redis_that_is_away_is_told_from_a_mistake() -> None:
    with pytest.raises((RedisConnectionError, RedisTimeoutError)):
        await EventIds(connect("redis://127.0.0.1:1"), "t.", 60).claim([Claim(1, ID, "1-0-5-0-0")])


def test_an_address_of_another_form_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ValueError, match="ERRATA_REDIS") as error:
        connect("http://user:hush@host")
    assert "hush" not in str(error.value)
