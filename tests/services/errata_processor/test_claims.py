"""Duplicates are recognized while Redis can be asked; while it cannot, nothing stops for long and little is forgotten."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from tests.services.errata_processor.rig import item
from tests.services.errata_writer.builders import event
from tests.stores.clickhouse.filling import land

from errata.contracts.origin import Origin
from errata.contracts.times import now
from errata.contracts.topics import EVENTS
from errata.runtime.metrics import PROCESSOR_UNCHECKED
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.redis.connection import connect
from errata.stores.redis.event_ids import EventIds
from errata_processor.batch import Job
from errata_processor.claims import Claims
from errata_processor.first_copies import FirstCopies

NOWHERE = "redis://127.0.0.1:1"
NO_CLICKHOUSE = "http://127.0.0.1:1/errata"


def job(offset: int, event_id: str = "", **meta: object) -> Job:
    origin = Origin(generation=1, partition=0, offset=offset, index=0, items=1)
    return Job(origin, item(event_id=event_id or uuid.uuid4().hex, **meta))


def claims_of(redis: Redis, *, wait: float = 60, clickhouse: str = NO_CLICKHOUSE) -> Claims:
    return Claims(EventIds(redis, "t.", 60), FirstCopies(clickhouse), wait)


def unchecked(store: str) -> float:
    return PROCESSOR_UNCHECKED.labels(store)._value.get()


@pytest.fixture
async def redis(redis_db: str) -> AsyncIterator[Redis]:
    client = connect(redis_db)
    yield client
    await client.replicaof("NO", "ONE")
    await client.aclose()


async def test_while_redis_is_away_items_pass_and_are_counted() -> None:
    before = unchecked("redis")
    assert await claims_of(connect(NOWHERE)).holders([job(0), job(1), job(2)]) == ["", "", ""]
    assert unchecked("redis") == before + 3


async def test_possible_duplicates_wait_once_in_an_outage() -> None:
    """With a wait at each batch, twenty of them would take more than twenty seconds."""
    claims = claims_of(connect(NOWHERE), wait=1)
    async with asyncio.timeout(15):
        for offset in range(20):
            assert await claims.holders([job(offset, maybe_duplicate=True)]) == [""]


@pytest.mark.stack
async def test_a_redis_that_takes_no_writes_is_away(redis: Redis) -> None:
    claims = claims_of(redis)
    await redis.replicaof("127.0.0.1", "1")
    assert await claims.holders([job(0)]) == [""]


@pytest.mark.stack
async def test_possible_duplicates_wait_until_redis_is_back(redis: Redis) -> None:
    claims, first = claims_of(redis), job(0, "a" * 32)
    await claims.holders([first])
    await redis.replicaof("127.0.0.1", "1")
    waiting = asyncio.create_task(claims.holders([job(1, "a" * 32, maybe_duplicate=True)]))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    await redis.replicaof("NO", "ONE")
    assert await waiting == [str(first.origin)]


@pytest.mark.stack
async def test_what_passed_unchecked_is_claimed_when_redis_is_back(redis: Redis) -> None:
    claims, first = claims_of(redis), job(0, "a" * 32)
    await redis.replicaof("127.0.0.1", "1")
    assert await claims.holders([first, job(1)]) == ["", ""]
    await redis.replicaof("NO", "ONE")
    keeping = asyncio.create_task(claims.keep_claiming())
    async with asyncio.timeout(20):
        while await redis.dbsize() < 2:
            await asyncio.sleep(0.1)
    keeping.cancel()
    assert await claims.holders([job(2, "a" * 32)]) == [str(first.origin)]


@pytest.mark.stack
async def test_what_passed_unchecked_is_claimed_before_what_comes_after_it(redis: Redis) -> None:
    claims, first = claims_of(redis), job(0, "a" * 32)
    await redis.replicaof("127.0.0.1", "1")
    await claims.holders([first])
    await redis.replicaof("NO", "ONE")
    assert await claims.holders([job(1, "a" * 32, maybe_duplicate=True)]) == [str(first.origin)]


@pytest.mark.stack
async def test_a_possible_duplicate_that_redis_has_forgotten_is_found_in_clickhouse(
    redis: Redis, clickhouse: ClickHouse, clickhouse_database: str
) -> None:
    at, ids = now(), ("a" * 32, "b" * 32, "c" * 32)
    origin = Origin(generation=1, partition=2, offset=7, index=0, items=1)
    await land(clickhouse, EVENTS, [event(1, event_id=ids[0], project=1, received_at=at, origin=origin)])
    claims = claims_of(redis, clickhouse=clickhouse_database)
    flagged = [job(number, event_id, received_at=at, maybe_duplicate=number < 2) for number, event_id in enumerate(ids)]
    assert await claims.holders(flagged) == [str(origin), str(flagged[1].origin), str(flagged[2].origin)]


@pytest.mark.stack
async def test_without_clickhouse_redis_alone_decides(redis: Redis) -> None:
    claims, before = claims_of(redis), unchecked("clickhouse")
    possible = job(0, maybe_duplicate=True)
    assert await claims.holders([possible]) == [str(possible.origin)]
    assert unchecked("clickhouse") == before + 1


async def test_an_item_without_an_event_id_asks_nobody() -> None:
    assert await claims_of(connect(NOWHERE)).holders([Job(job(0).origin, item(event_id=""))]) == [""]
