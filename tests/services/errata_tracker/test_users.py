"""Users in sliding windows on a real Redis, against a naive count; and how often Redis is asked for one."""

import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis
from tests.services.errata_tracker.rig import CONDITION, PROJECT

from errata.alerts.windows import INTERVALS, bucket_size
from errata.config.loading import ConfigFolder
from errata.contracts.flat_event import FlatEvent
from errata.contracts.times import SECOND
from errata.stores.redis.connection import connect
from errata.stores.redis.partition_state import PartitionState, Position
from errata_tracker.batch import Agenda, Batch
from errata_tracker.rule_book import RuleBook
from errata_tracker.tracked import Tracked
from errata_tracker.users import UserCounter

pytestmark = pytest.mark.stack
NOW = 1_795_436_400 * SECOND
ISSUE = "a" * 16


@pytest.fixture
async def redis(redis_db: str) -> AsyncIterator[Redis]:
    async with connect(redis_db) as client:
        yield client


def counter(redis: Redis, folder: Path, interval: str, value: int) -> UserCounter:
    condition = {
        "id": CONDITION + "event_frequency.EventUniqueUserFrequencyCondition",
        "value": value,
        "interval": interval,
    }
    for name, text in (("projects/shop.yaml", PROJECT), ("alerts/shop.json", json.dumps([rule(condition)]))):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return UserCounter(PartitionState(redis, f"{interval}.{value}.", 0), RuleBook(ConfigFolder(folder).current))


def rule(condition: dict[str, object]) -> dict[str, object]:
    return {"name": "Many", "conditions": [condition]}


def seen(*users: tuple[int, str]) -> Batch:
    events = [
        msgspec.convert(
            {"project": 1, "event_id": "e" * 32, "group_hash": ISSUE, "received_at": at, "level": "error"}
            | {"platform": "go", "title": "Oh", "user": user},
            FlatEvent,
        )
        for at, user in users
    ]
    return Batch({ISSUE: list(enumerate(events))}, (), Agenda(NOW), Position(1, 1, 1))


def naive(users: list[tuple[int, str]], now: int, seconds: int) -> int:
    return len({user for at, user in users if now - seconds * SECOND < at <= now})


@pytest.mark.parametrize("interval", INTERVALS)
async def test_a_rule_sees_more_users_than_it_looks_for_exactly_when_there_are(
    redis: Redis, tmp_path: Path, interval: str
) -> None:
    """Off by a bucket at most; batches of any size, users that come back, pauses in which windows empty."""
    chance = random.Random(interval)
    window, least = INTERVALS[interval], 6
    users = counter(redis, tmp_path, interval, least)
    tracked = Tracked(None, {})
    history: list[tuple[int, str]] = []
    at = NOW
    sides = set()
    for _ in range(60):
        batch = []
        for _ in range(chance.randrange(1, 5)):
            at += int(window * SECOND * chance.choice((0.001, 0.05, 0.6)) * chance.random())
            batch.append((at, f"user{chance.randrange(12)}"))
        history += batch
        await users.count(seen(*batch), {ISSUE: tracked})
        more = tracked.users[window, ""] > least
        sides.add(more)
        if naive(history, at, window) > least:
            assert more
        if more:
            assert naive(history, at, window + bucket_size(window)) > least
    assert sides == {True, False}, "the history never crossed the number"


async def test_redis_is_asked_for_a_count_only_when_it_can_matter(redis: Redis, tmp_path: Path) -> None:
    users = counter(redis, tmp_path, "30d", 100)
    tracked = Tracked(None, {})

    async def asked() -> int:
        stats = await redis.info("commandstats")
        return int(stats.get("cmdstat_pfcount", {"calls": 0})["calls"])

    before = await asked()
    for number in range(100):
        await users.count(seen((NOW + number, f"user{number}")), {ISSUE: tracked})
    assert await asked() - before == 1
    await users.count(seen((NOW + 100, "user100")), {ISSUE: tracked})
    assert await asked() - before == 2
    assert tracked.users[INTERVALS["30d"], ""] == pytest.approx(101, abs=2)
