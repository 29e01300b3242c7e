"""Killed, paused, and robbed of Redis: what a tracker has counted and told stays exact."""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from tests.services.errata_tracker.rig import (
    FIRST_SEEN,
    REGRESSION,
    Rig,
    command,
    event,
    frequency,
    issue,
    without_clickhouse,
)
from tests.waiting import eventually

from errata.alerts.evaluate import alert_id
from errata.contracts.messages import CommandAction, IssueStatus
from errata.contracts.topics import ALERTS, ISSUES, TRANSITIONS

pytestmark = pytest.mark.stack

ISSUES_AT_ALL = 150
OFTEN = 20


@pytest.fixture
async def rig(tmp_path: Path, kafka_url: str, redis_db: str, topic_prefix: str) -> AsyncIterator[Rig]:
    rig = Rig(
        tmp_path, without_clickhouse(kafka_url, redis_db, topic_prefix), [FIRST_SEEN, REGRESSION, frequency(OFTEN)]
    )
    await rig.make_topics()
    yield rig
    await rig.close()


async def test_counts_transitions_and_alerts_are_exact_over_kills_and_a_pause(rig: Rig) -> None:
    """Two trackers; a random one is killed again and again while events come, and one is paused beyond its session."""
    chance = random.Random(7)
    # Skewed, so that some issues pass the frequency rule's limit and others stay below.
    numbers = [int(ISSUES_AT_ALL * chance.random() ** 2) for _ in range(3_000)]
    for name in ("a", "b"):
        rig.start(name, session_seconds="6", state_interval="0.3")
    supervisor = asyncio.create_task(rig.supervise())
    producing = asyncio.create_task(rig.produce([event(n, release="shop@1.0.0") for n in numbers], rate=150))
    for _ in range(6):
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        rig.trackers[chance.choice("ab")].kill()
    await asyncio.sleep(2)
    rig.trackers["a"].send_signal(signal.SIGSTOP)
    await asyncio.sleep(9)
    rig.trackers["a"].send_signal(signal.SIGCONT)
    await producing
    truth = Counter(map(issue, numbers))
    await rig.settle(truth, 30)

    back, still = range(10), range(10, 20)
    await rig.command(*(command(number, CommandAction.RESOLVE) for number in (*back, *still)))
    await eventually(rig.records, lambda seen: sum(r.status == IssueStatus.RESOLVED for r in seen.values()) == 20, 20)
    rig.trackers["b"].kill()
    more = [event(number, release="shop@1.1.0") for number in back] + [
        event(number, release="v0.9") for number in still
    ]
    await rig.produce(more)
    truth.update(each.group_hash for each in more)
    await rig.settle(truth, 30)
    supervisor.cancel()

    transitions = {seen.id: seen for seen in await rig.read(TRANSITIONS)}
    kinds = Counter(seen.kind for seen in transitions.values())
    assert kinds == {"created": len(truth), "resolved": 20, "regressed": 10}
    assert {seen.issue_id for seen in transitions.values() if seen.kind == "created"} == set(truth)
    assert {seen.issue_id for seen in transitions.values() if seen.kind == "regressed"} == set(map(issue, back))
    expected = {alert_id("new", each, 1) for each in truth}
    expected |= {alert_id("often", each, 1) for each, count in truth.items() if count > OFTEN}
    expected |= {alert_id("back", issue(number), 1) for number in back}
    assert {alert.id for alert in await rig.read(ALERTS)} == expected
    last = {state.issue_id: state for state in await rig.read(ISSUES)}
    assert {issue_id: state.count for issue_id, state in last.items()} == truth
    assert len({state.short_id for state in last.values()}) == len(truth)
    resolved = {issue_id for issue_id, state in last.items() if state.status == IssueStatus.RESOLVED}
    assert resolved == set(map(issue, still))
    assert all(status in {70, -9} for _, status in rig.exits), rig.exits


async def test_a_redis_that_goes_back_in_time_is_caught_up_with(rig: Rig) -> None:
    """A snapshot of all keys is put back, as by a Redis that lost its last writes: counts end exact, ids are the same."""
    rig.start("a", state_interval="0.1")
    await rig.produce([event(n % 5) for n in range(50)])
    await rig.settle(Counter(issue(n % 5) for n in range(50)), 20)
    snapshot = {key: await rig.redis.dump(key) async for key in rig.redis.scan_iter(f"{rig.settings.topic_prefix}*")}
    await rig.produce([event(n % 10) for n in range(100)])
    truth = Counter([issue(n % 5) for n in range(50)] + [issue(n % 10) for n in range(100)])
    await rig.settle(truth, 10)
    alerts = {alert.id for alert in await rig.read(ALERTS)}

    async with rig.redis.pipeline(transaction=True) as pipe:
        pipe.flushdb()
        for key, value in snapshot.items():
            pipe.restore(key, 0, value)
        await pipe.execute()
    await rig.produce([event(0)])
    truth[issue(0)] += 1
    await rig.settle(truth, 10)
    assert {alert.id for alert in await rig.read(ALERTS)} == alerts | {alert_id("often", issue(0), 1)}
    created = {seen.id: seen.issue_id for seen in await rig.read(TRANSITIONS)}
    assert Counter(created.values()) == Counter(set(truth)), "an issue was called new twice"


async def test_a_paused_owner_that_wakes_up_writes_nothing_over_its_successor(rig: Rig) -> None:
    """The paused tracker has the only partition's state in memory when another one goes on with it."""
    rig.start("a", session_seconds="6")
    await rig.produce([event(1) for _ in range(10)])
    await rig.settle({issue(1): 10}, 20)
    rig.trackers["a"].send_signal(signal.SIGSTOP)
    rig.start("b", session_seconds="6")
    await rig.produce([event(1) for _ in range(10)])
    await rig.settle({issue(1): 20}, 40)
    woken = rig.trackers["a"]
    woken.send_signal(signal.SIGCONT)
    await rig.produce([event(1) for _ in range(10)], rate=3)
    await rig.settle({issue(1): 30}, 20)
    assert (await rig.read(ISSUES))[-1].count == 30
    assert [msgspec.structs.asdict(seen)["kind"] for seen in await rig.read(TRANSITIONS)] == ["created"]
