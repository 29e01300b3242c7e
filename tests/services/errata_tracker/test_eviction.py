"""What Redis does not hold is found in ClickHouse: cold issues that made room, and keys that went missing."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.services.errata_tracker.rig import (
    FIRST_SEEN,
    NOBODY,
    REGRESSION,
    Rig,
    command,
    errata,
    event,
    frequency,
    issue,
)
from tests.waiting import eventually

from errata.contracts.messages import CommandAction, IssueState
from errata.contracts.times import HOUR, now
from errata.contracts.topics import ALERTS, TRANSITIONS
from errata.stores.redis.partition_commit import mark_of

pytestmark = pytest.mark.stack


@pytest.fixture
async def rig(tmp_path: Path, environment: dict[str, str]) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path, environment, [FIRST_SEEN, REGRESSION, frequency(3, "1d")], partitions=2)
    await rig.make_topics()
    await asyncio.to_thread(errata, rig, "migrate")
    rig.start_writer()
    yield rig
    await rig.close()


def counts(states: dict[str, IssueState]) -> dict[str, int]:
    return {issue_id: state.count for issue_id, state in states.items()}


async def held(rig: Rig) -> set[str]:
    return set(await rig.records())


async def test_a_cold_issue_leaves_redis_and_comes_back_as_it_was(rig: Rig) -> None:
    """Every issue is cold at once, and any use of memory is too much."""
    rig.start("a", state_interval="0.2", redis_share="0", instance="a")
    then = now() - 2 * HOUR
    cold, again = range(8), range(4)
    await rig.produce([event(n, received_at=then, release="1.0", environment="live") for n in cold for _ in range(2)])
    truth = Counter({issue(n): 2 for n in cold})
    last = await eventually(rig.states, lambda states: counts(states) == truth, 30)
    assert counts(last) == truth
    assert await eventually(lambda: held(rig), lambda ids: not ids, 30) == set()

    # A command is for an issue that Redis does not hold, too.
    await rig.command(command(0, CommandAction.RESOLVE))
    await eventually(lambda: rig.read(TRANSITIONS), lambda seen: any(t.kind == "resolved" for t in seen), 20)
    await rig.produce([event(n, release="1.1", environment="live") for n in again for _ in range(2)])
    truth.update(issue(n) for n in again for _ in range(2))
    states = await eventually(rig.states, lambda states: counts(states) == truth, 20)
    assert counts(states) == truth
    assert {key: state.short_id for key, state in states.items()} == {
        key: state.short_id for key, state in last.items()
    }
    assert Counter(seen.kind for seen in await rig.read(TRANSITIONS)) == {"created": 8, "resolved": 1, "regressed": 1}
    # The fourth of the day is counted on top of the two that left with the issue.
    assert Counter(alert.rule_name for alert in await rig.read(ALERTS)) == {"New": 8, "Back": 1, "Often": 4}
    # The rest is as cold as before.
    assert await eventually(lambda: held(rig), lambda ids: ids == set(map(issue, again)), 20) == set(map(issue, again))


async def test_a_key_that_redis_lost_is_found_in_clickhouse_and_no_issue_is_new_twice(rig: Rig) -> None:
    rig.start("a", state_interval="0.2", instance="a")
    await rig.produce([event(n) for n in range(4) for _ in range(3)])
    truth = Counter({issue(n): 3 for n in range(4)})
    await rig.settle(truth, 30)
    assert await rig.end("a") == 0  # with what it has in memory
    await lose(rig, issue(0), traces=False)
    await lose(rig, issue(1), traces=True)
    rig.start("b", state_interval="0.2", instance="a")
    await rig.produce([event(n) for n in range(5)])
    truth.update(map(issue, range(5)))
    await rig.settle(truth, 30)
    assert Counter(seen.kind for seen in await rig.read(TRANSITIONS)) == {"created": 5}
    assert len({state.short_id for state in (await rig.states()).values()}) == 5
    assert Counter(alert.rule_name for alert in await rig.read(ALERTS)) == {"New": 5, "Often": 4}


async def lose(rig: Rig, issue_id: str, *, traces: bool) -> None:
    for partition in range(rig.partitions):
        prefix = f"{rig.settings.topic_prefix}{{{partition}}}:"
        await rig.redis.delete(f"{prefix}issue:{issue_id}", f"{prefix}count:{issue_id}")
        if traces:
            mark = mark_of(issue_id)
            await rig.redis.zrem(f"{prefix}seen", issue_id)
            await rig.redis.srem(prefix + mark.key, mark.member)


async def test_without_clickhouse_new_issues_are_told_and_evicted_ones_wait_for_it(rig: Rig) -> None:
    rig.start("a", state_interval="0.2", redis_share="0", instance="a")
    await rig.produce([event(1, received_at=now() - 2 * HOUR)])
    assert await eventually(lambda: evicted(rig, 1), bool, 40)
    assert await rig.end("a") == 0

    rig.start("b", state_interval="0.2", instance="a", clickhouse=NOBODY)
    await rig.produce([event(2)])
    assert await eventually(rig.counts, lambda seen: seen == {issue(2): 1}, 20) == {issue(2): 1}
    await rig.produce([event(1)])
    log = await eventually(rig.log_of("b"), lambda text: "clickhouse-away" in text, 20)
    assert "clickhouse-away" in log
    assert issue(1) not in await rig.counts()
    assert await rig.end("b") == 0

    rig.start("c", state_interval="0.2", instance="a")
    states = await eventually(rig.states, lambda states: counts(states) == {issue(1): 2, issue(2): 1}, 20)
    assert counts(states) == {issue(1): 2, issue(2): 1}
    assert Counter(alert.issue_id for alert in await rig.read(ALERTS)) == {issue(1): 1, issue(2): 1}


async def evicted(rig: Rig, number: int) -> bool:
    return issue(number) in await rig.states() and not await held(rig)
