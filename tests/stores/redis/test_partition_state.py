"""A partition's state in Redis: what is committed together, what is refused, and what reading gives back."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from errata.alerts.windows import SlidingCount
from errata.contracts.messages import IssueStatus, Level
from errata.contracts.times import SECOND
from errata.issues.record import IssueRecord
from errata.stores.redis.connection import connect
from errata.stores.redis.partition_state import PartitionState, Position, Traces, UserBucket
from errata.stores.redis.trouble import Trouble, trouble

pytestmark = pytest.mark.stack

START, NEXT = Position(1, 10, 0), Position(1, 20, 1)


@pytest.fixture
async def redis(redis_db: str) -> AsyncIterator[Redis]:
    async with connect(redis_db) as client:
        yield client


@pytest.fixture
def state(redis: Redis) -> PartitionState:
    return PartitionState(redis, "test.", 3)


def record(issue: str, count: int = 1) -> IssueRecord:
    return IssueRecord(
        project=1,
        issue_id=issue,
        short_id="SHOP-1",
        status=IssueStatus.UNRESOLVED,
        title="Oh",
        level=Level.ERROR,
        first_seen=1,
        last_seen=2,
        updated_at=2,
        generation=1,
        partition=3,
        offset=9,
        count=count,
    )


async def test_a_partition_without_state_has_no_position_and_takes_a_first_commit(state: PartitionState) -> None:
    assert await state.position() is None
    assert await state.commit(None, START, state.begin())
    assert await state.position() == START


async def test_everything_of_a_commit_is_there_afterwards(state: PartitionState) -> None:
    windows = {(60, ""): SlidingCount(60), (3600, "prod:eu"): SlidingCount(3600)}
    for second in range(5):
        windows[60, ""].add(second * SECOND)
        windows[3600, "prod:eu"].add(second * SECOND)
    commit = state.begin()
    commit.records([record("a", 5), record("b")])
    commit.counts("a", windows)
    commit.outbox({"one": b"1", "two": b"2"})
    assert await state.commit(None, START, commit)
    assert await state.records(["a", "missing", "b"]) == {"a": record("a", 5), "b": record("b")}
    assert (await state.counts(["a"]))["a"] == {series: count.buckets for series, count in windows.items()}
    assert await state.outbox() == {"one": b"1", "two": b"2"}


@pytest.mark.parametrize("expected", [None, Position(1, 9, 0), Position(2, 10, 0), Position(1, 10, 1), NEXT])
async def test_a_commit_that_expects_another_position_writes_nothing(
    state: PartitionState, expected: Position | None
) -> None:
    assert await state.commit(None, START, state.begin())
    commit = state.begin()
    commit.records([record("a")])
    commit.outbox({"one": b"1"})
    assert not await state.commit(expected, NEXT, commit)
    assert await state.position() == START
    assert await state.records(["a"]) == {}
    assert await state.outbox() == {}


async def test_a_commit_sent_twice_is_refused_the_second_time(state: PartitionState) -> None:
    assert await state.commit(None, START, state.begin())
    commit = state.begin()
    commit.records([record("a", 7)])
    assert await state.commit(START, NEXT, commit)
    assert not await state.commit(START, NEXT, commit)
    assert (await state.records(["a"]))["a"].count == 7


async def test_of_two_owners_at_one_position_the_first_wins(state: PartitionState) -> None:
    assert await state.commit(None, START, state.begin())
    first, second = state.begin(), state.begin()
    first.records([record("a", 1)])
    second.records([record("a", 2)])
    assert await state.commit(START, NEXT, first)
    assert not await state.commit(START, Position(1, 15, 0), second)
    assert (await state.records(["a"]))["a"].count == 1


async def test_dropped_buckets_go_and_the_key_has_an_end(redis: Redis, state: PartitionState) -> None:
    count = SlidingCount(60)
    count.add(0)
    commit = state.begin()
    commit.counts("a", {(60, ""): count})
    await state.commit(None, START, commit)
    count.settle()
    count.add(3_600 * SECOND)
    commit = state.begin()
    commit.counts("a", {(60, ""): count})
    await state.commit(START, NEXT, commit)
    assert (await state.counts(["a"]))["a"] == {(60, ""): {3_600: 1}}
    assert await redis.ttl("test.{3}:count:a") > 7 * 86_400


async def test_an_outbox_message_of_the_same_name_is_replaced_and_the_outbox_is_emptied(state: PartitionState) -> None:
    commit = state.begin()
    commit.outbox({"state a": b"", "one": b"1"})
    await state.commit(None, START, commit)
    commit = state.begin()
    commit.outbox({"one": b"2"})
    await state.commit(START, NEXT, commit)
    assert await state.outbox() == {"state a": b"", "one": b"2"}
    commit = state.begin()
    commit.clear_outbox()
    assert await state.commit(NEXT, NEXT, commit)
    assert await state.outbox() == {}


async def test_a_commit_of_thousands_of_messages_fits_into_lua(state: PartitionState) -> None:
    messages = {f"message {number}": b"x" for number in range(10_000)}
    commit = state.begin()
    commit.outbox(messages)
    assert await state.commit(None, START, commit)
    assert await state.outbox() == messages


async def test_users_are_counted_once_over_buckets_and_retries(state: PartitionState) -> None:
    first, second = UserBucket("a", "", 3600, 1), UserBucket("a", "", 3600, 2)
    users = {first: ["ada", "bob"], second: ["bob", "eve"]}
    assert await state.add_users(users, 86_400) == {first, second}
    assert await state.add_users(users, 86_400) == set()
    assert await state.count_users([[first], [first, second], [UserBucket("a", "", 3600, 9)]]) == [2, 3, 0]


async def test_an_evicted_issue_leaves_a_trace_and_a_lost_one_another(redis: Redis, state: PartitionState) -> None:
    commit = state.begin()
    commit.records([record("evicted"), record("lost"), record("here")])
    commit.known(["evicted", "lost", "here"])
    commit.counts("evicted", {(60, ""): counted()})
    assert await state.commit(None, START, commit)
    commit = state.begin()
    commit.evict(["evicted"])
    assert await state.commit(START, START.step(), commit)
    await redis.delete("test.{3}:issue:lost")
    assert (await state.records(["evicted", "lost", "here"])).keys() == {"here"}
    assert await state.traces(["evicted", "lost", "new"]) == Traces({"evicted"}, {"lost"})
    assert (await state.counts(["evicted"]))["evicted"] == {}


def counted() -> SlidingCount:
    count = SlidingCount(60)
    count.add(SECOND)
    return count


async def test_what_is_known_of_a_hundred_thousand_issues_takes_little_room(
    redis: Redis, state: PartitionState
) -> None:
    commit = state.begin()
    commit.known(f"{number:016x}" for number in range(100_000))
    assert await state.commit(None, START, commit)
    sizes = [await redis.memory_usage(key) async for key in redis.scan_iter("test.{3}:known:*", 10_000)]
    assert sum(sizes) < 12 * 100_000


async def test_a_full_redis_takes_no_commit_but_an_eviction(redis: Redis, state: PartitionState) -> None:
    commit = state.begin()
    commit.records([record("a")])
    commit.known(["a"])
    assert await state.commit(None, START, commit)
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(ResponseError) as refused:
            await state.commit(START, NEXT, commit)
        assert trouble(refused.value) is Trouble.FULL
        assert await state.position() == START
        commit = state.begin()
        commit.evict(["a"])
        assert await state.commit(START, START.step(), commit)
    finally:
        await redis.config_set("maxmemory", 0)
    assert await state.traces(["a"]) == Traces({"a"}, set())


async def test_issues_are_found_by_when_they_were_last_seen(state: PartitionState) -> None:
    commit = state.begin()
    commit.records(
        msgspec.structs.replace(record(name), last_seen=seen) for name, seen in (("c", 30), ("a", 10), ("b", 20))
    )
    assert await state.commit(None, START, commit)
    assert await state.seen(2, before=31) == {"a": 10, "b": 20}
    assert await state.seen(9, after=10, before=30) == {"b": 20}


async def test_issues_are_due_at_their_time_until_it_is_taken_away(state: PartitionState) -> None:
    commit = state.begin()
    commit.due({(1, "a"): 10, (2, "b c"): 20, (1, "never"): 0})
    assert await state.commit(None, START, commit)
    assert await state.due(9, 5) == []
    assert await state.due(20, 5) == [(1, "a"), (2, "b c")]
    commit = state.begin()
    commit.due({(1, "a"): 0, (2, "b c"): 30})
    assert await state.commit(START, NEXT, commit)
    assert await state.due(29, 5) == []
    assert await state.due(30, 5) == [(2, "b c")]


@pytest.mark.parametrize("position", [START, Position(2, 5, 7, 3)])
def test_a_position_is_read_as_it_was_written(position: Position) -> None:
    assert Position.parse(str(position)) == position


async def test_partitions_and_prefixes_keep_to_themselves(redis: Redis, state: PartitionState) -> None:
    assert await state.commit(None, START, state.begin())
    assert await PartitionState(redis, "test.", 4).position() is None
    assert await PartitionState(redis, "other.", 3).position() is None
