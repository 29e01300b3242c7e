"""Redis lost everything: the tracker rebuilds it from what the writer has landed in ClickHouse; and `errata issues`."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path

import pytest
from aiokafka.partitioner import murmur2
from tests.services.errata_tracker.rig import (
    FIRST_SEEN,
    REGRESSION,
    Rig,
    command,
    errata,
    event,
    frequency,
    issue,
)
from tests.waiting import eventually

from errata.contracts.messages import CommandAction, IssueStatus
from errata.contracts.topics import ALERTS, ISSUES, TRANSITIONS

pytestmark = pytest.mark.stack


@pytest.fixture
async def rig(tmp_path: Path, environment: dict[str, str]) -> AsyncIterator[Rig]:
    rig = Rig(tmp_path, environment, [FIRST_SEEN, REGRESSION, frequency(5)], partitions=2)
    await rig.make_topics()
    await asyncio.to_thread(errata, rig, "migrate")
    rig.start_writer()
    rig.start("a", state_interval="0.2")
    yield rig
    await rig.close()


async def test_a_lost_redis_is_rebuilt_with_no_issue_new_again_and_no_alert_under_another_id(rig: Rig) -> None:
    numbers = [n % 20 for n in range(100)]
    await rig.produce([event(n, release="1.0", user=f"user{n % 3}", environment="production") for n in numbers])
    # Seen just once, so issue 0 is resolved in 1.0, and remembers this one.
    await rig.produce([event(0, release="9.9")])
    truth = Counter(map(issue, [*numbers, 0]))
    await rig.settle(truth, 30)
    await rig.command(*(command(n, CommandAction.RESOLVE) for n in range(3)))
    await eventually(rig.records, lambda seen: sum(r.status == IssueStatus.RESOLVED for r in seen.values()) == 3, 10)
    await eventually(rig.outbox_is_empty, bool, 10)
    before = await rig.records()
    assert before[issue(0)].also_resolved_in == ("9.9",)
    alerts = Counter(alert.id for alert in await rig.read(ALERTS))

    await rig.redis.flushdb()
    assert await eventually(rig.counts, lambda counts: counts == truth, 60) == truth
    assert await rig.records() == before

    # Two more make seven of the hour: the frequency rule counts what was before the loss, too.
    await rig.produce([event(n, release="1.1") for n in range(20) for _ in range(2)])
    truth.update(issue(n) for n in range(20) for _ in range(2))
    await rig.settle(truth, 20)
    created = [seen for seen in await rig.read(TRANSITIONS) if seen.kind == "created"]
    assert len({seen.id for seen in created}) == len(created) == 20
    after = Counter(alert.id for alert in await rig.read(ALERTS))
    assert Counter(alert.rule_name for alert in await rig.read(ALERTS)) == {"New": 20, "Often": 20, "Back": 3}
    assert set(alerts) < set(after)
    last = {state.issue_id: state for state in await rig.read(ISSUES)}
    assert {issue_id: state.count for issue_id, state in last.items()} == truth
    assert len({state.short_id for state in last.values()}) == len(last)
    assert {state.users for state in last.values()} == {max(r.users for r in before.values())}


def in_partition(wanted: int, first: int, count: int) -> list[int]:
    """Give numbers of issues whose events go to a partition, of two; as Kafka's own partitioner does it."""
    numbers = (n for n in range(first, first + 1_000) if (murmur2(issue(n).encode()) & 0x7FFFFFFF) % 2 == wanted)
    return list(islice(numbers, count))


async def test_short_ids_stay_unique_though_the_writer_is_behind_with_another_partition(rig: Rig) -> None:
    early = in_partition(0, 0, 2) + in_partition(1, 0, 2)
    await rig.produce([event(n) for n in early])
    await rig.settle(Counter(map(issue, early)), 30)

    async def landed() -> str:
        return await asyncio.to_thread(errata, rig, "query", "SELECT count() FROM issues FINAL", "--tsv")

    assert await eventually(landed, lambda text: text.endswith("\n4\n"), 20) == "count()\n4\n"
    assert await rig.end("writer") == 0
    unlanded = in_partition(1, 1_000, 5)
    await rig.produce([event(n) for n in unlanded])
    await rig.settle(Counter(map(issue, [*early, *unlanded])), 20)

    await rig.redis.flushdb()
    new = in_partition(0, 2_000, 5)
    await rig.produce([event(n) for n in new])
    # Long enough for the partition whose own states have landed to be rebuilt, would it not wait for the other.
    await asyncio.sleep(3)
    rig.start_writer()
    await rig.settle(Counter(map(issue, [*early, *unlanded, *new])), 40)
    states = await rig.states()
    assert len({state.short_id for state in states.values()}) == len(states) == 14


async def test_issues_are_listed_shown_resolved_and_reopened_from_the_command_line(rig: Rig) -> None:
    await rig.produce([event(1, release="1.0", title="[bold]Oh: no")])
    await rig.settle({issue(1): 1}, 30)

    async def listed() -> str:
        return await asyncio.to_thread(errata, rig, "issues", "list")

    assert "SHOP-1" in await eventually(listed, lambda text: "SHOP-1" in text, 20)
    assert "SHOP-1: resolved in 1.0" in await asyncio.to_thread(errata, rig, "issues", "resolve", "shop-1")
    shown = await asyncio.to_thread(errata, rig, "issues", "show", issue(1))
    assert "[bold]Oh: no" in shown
    assert "Latest events" in shown
    assert "SHOP-1: resolved in 2.0" in await asyncio.to_thread(
        errata, rig, "issues", "resolve", "SHOP-1", "--in-release", "2.0"
    )
    assert "SHOP-1: archived until " in await asyncio.to_thread(
        errata, rig, "issues", "archive", "SHOP-1", "--days", "7"
    )
    assert "no issue 'SHOP-9'" in await asyncio.to_thread(errata, rig, "issues", "reopen", "SHOP-9")
