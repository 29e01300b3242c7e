"""The tracker as a process on a real Kafka and Redis: what it makes of events and commands."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import msgspec
import pytest
from tests.servers import PORTS
from tests.services.errata_tracker.rig import (
    CONDITION,
    FIRST_SEEN,
    PROJECT,
    REGRESSION,
    Rig,
    command,
    event,
    frequency,
    issue,
    without_clickhouse,
)
from tests.waiting import eventually

from errata.contracts.messages import CommandAction, IssueStatus, TransitionKind
from errata.contracts.times import DAY, now
from errata.contracts.topics import ALERTS, EVENTS, ISSUES, TRANSITIONS

pytestmark = pytest.mark.stack


@pytest.fixture
async def rig(tmp_path: Path, kafka_url: str, redis_db: str, topic_prefix: str) -> AsyncIterator[Rig]:
    rig = Rig(
        tmp_path,
        without_clickhouse(kafka_url, redis_db, topic_prefix),
        [FIRST_SEEN, REGRESSION, frequency(3)],
        partitions=2,
    )
    await rig.make_topics()
    yield rig
    await rig.close()


async def test_an_issue_lives_from_its_first_event_over_a_resolve_to_its_regression(rig: Rig) -> None:
    rig.start("a")
    await rig.produce([event(1, release="shop@1.3.0", user=user) for user in ("ada", "bob", "ada")])
    await rig.settle({issue(1): 3}, 20)

    await rig.command(command(1, CommandAction.RESOLVE))
    await eventually(lambda: rig.read(TRANSITIONS), lambda seen: len(seen) == 2, 10)
    await rig.produce([event(1, release="shop@1.2.9"), event(1, release="shop@1.3.0")])
    await rig.settle({issue(1): 5}, 10)
    assert (await rig.records())[issue(1)].status is IssueStatus.RESOLVED

    await rig.produce([event(1, release="shop@1.10.0")])
    await rig.settle({issue(1): 6}, 10)

    created, resolved, regressed = await rig.read(TRANSITIONS)
    assert (created.kind, resolved.kind, regressed.kind) == (
        TransitionKind.CREATED,
        TransitionKind.RESOLVED,
        TransitionKind.REGRESSED,
    )
    assert resolved.release == "shop@1.3.0"
    assert "shop@1.10.0" in regressed.explanation
    assert "semantic versions" in regressed.explanation
    assert [alert.rule_name for alert in await rig.read(ALERTS)] == ["New", "Often", "Back"]
    state = (await rig.read(ISSUES))[-1]
    assert (state.short_id, state.status, state.count, state.users) == ("SHOP-1", IssueStatus.UNRESOLVED, 6, 2)
    assert (state.first_release, state.last_release) == ("shop@1.3.0", "shop@1.10.0")
    assert await rig.end("a") == 0


async def test_a_record_that_is_no_event_is_skipped_and_named(rig: Rig) -> None:
    rig.start("a")
    await rig.send(EVENTS, (issue(1), b"\xff not an event"), (issue(1), b""))
    odd = event(2, group_hash="not: a hash", environment="a:b c", tags={"payload": "{"}, release="@" * 300)
    await rig.produce([odd, event(1)])
    await rig.settle({issue(1): 1, "not: a hash": 1}, 20)
    assert rig.log("a").count("record skipped") == 2


async def test_changed_rules_are_taken_up_and_broken_ones_are_not(rig: Rig) -> None:
    rig.start("a", config_interval="0.1")
    await rig.produce([event(1)])
    await rig.settle({issue(1): 1}, 20)
    rig.write_rules([{"name": "Broken", "conditions": [{"id": "no.such.Condition"}]}])

    async def log() -> str:
        return rig.log("a")

    assert "no.such.Condition" in await eventually(log, lambda text: "no.such.Condition" in text, 5)
    await rig.produce([event(2)])
    await rig.settle({issue(1): 1, issue(2): 1}, 10)
    rig.write_rules([frequency(1)])
    assert "taken up" in await eventually(log, lambda text: "taken up" in text, 5)
    await rig.produce([event(3), event(3)])
    await rig.settle({issue(1): 1, issue(2): 1, issue(3): 2}, 10)
    alerts = {(alert.issue_id, alert.rule_name) for alert in await rig.read(ALERTS)}
    assert alerts == {(issue(1), "New"), (issue(2), "New"), (issue(3), "Often")}


async def test_what_was_decided_before_a_kill_is_sent_by_the_next_owner(rig: Rig) -> None:
    """With a minute between state messages, the last states are still unsent when the tracker is killed."""
    rig.start("a", state_interval="60")
    await rig.produce([event(1)])
    await rig.settle({issue(1): 1}, 20)
    await rig.produce([event(1), event(1)])
    await eventually(rig.counts, lambda counts: counts == {issue(1): 3}, 10)
    assert not await rig.outbox_is_empty()
    rig.trackers["a"].kill()
    rig.trackers.pop("a").wait()
    rig.start("b", state_interval="60")
    await rig.settle({issue(1): 3}, 40)
    assert (await rig.read(ISSUES))[-1].count == 3


async def test_a_rule_about_users_counts_each_once_over_a_restart(rig: Rig) -> None:
    condition = {"id": CONDITION + "event_frequency.EventUniqueUserFrequencyCondition", "value": 3, "interval": "15m"}
    rig.write_rules([{"name": "Many", "conditions": [condition], "environment": "production"}])
    rig.start("a")
    users = ["ada", "bob", "ada", "eve", "bob"]
    await rig.produce([event(1, user=user, environment="production") for user in users])
    await rig.produce([event(1, user="zoe", environment="staging"), event(1, environment="production")])
    await rig.settle({issue(1): 7}, 20)
    assert await rig.read(ALERTS) == []
    assert await rig.end("a") == 0
    rig.start("b")
    await rig.produce([event(1, user=user, environment="production") for user in ("ada", "zoe")])
    await rig.settle({issue(1): 9}, 20)
    (alert,) = await rig.read(ALERTS)
    assert (alert.kind, alert.value, alert.threshold) == ("user_frequency", 4, 3)
    assert (await rig.read(ISSUES))[-1].users == 4


async def test_nothing_is_told_before_a_replica_has_it(rig: Rig) -> None:
    rig.start("a", redis_replicas="1")
    await rig.produce([event(1)])
    assert await eventually(rig.counts, lambda counts: counts == {issue(1): 1}, 20) == {issue(1): 1}

    async def log() -> str:
        return rig.log("a")

    assert "waiting" in await eventually(log, lambda text: "waiting" in text, 10)
    assert await rig.read(TRANSITIONS) == []


async def test_a_redis_that_is_full_is_waited_for_and_said_and_nothing_is_told_twice(rig: Rig) -> None:
    port = PORTS.pick()
    rig.start("a", state_interval="0.2", admin_port=str(port))
    await rig.produce([event(1)])
    await rig.settle({issue(1): 1}, 20)
    await rig.redis.config_set("maxmemory", 1)
    try:
        await rig.produce([event(1), event(2)])
        ready = await eventually(lambda: health(port), lambda answer: "redis-full" in answer, 10)
        assert "redis-full" in ready
        assert '"ready":false' in ready
        assert await rig.counts() == {issue(1): 1}
    finally:
        await rig.redis.config_set("maxmemory", 0)
    await rig.settle({issue(1): 2, issue(2): 1}, 20)
    assert await eventually(lambda: health(port), lambda answer: answer == '{"ready":true,"missing":[]}', 10)
    assert len(await rig.read(TRANSITIONS)) == 2
    assert rig.trackers["a"].poll() is None


async def health(port: int) -> str:
    def ask() -> str:
        try:
            with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
                return str(answer.read().decode())
        except HTTPError as refusal:
            return refusal.read().decode()
        except URLError as away:
            return str(away)

    return await asyncio.to_thread(ask)


async def test_time_ends_an_archive_and_resolves_what_nobody_saw_for_days(rig: Rig) -> None:
    (rig.folder / "config" / "projects" / "shop.yaml").write_text(PROJECT + "issues: {auto_resolve_days: 2}\n")
    rig.start("a", state_interval="0.2")
    soon = now() + 4_000_000
    await rig.produce(
        [event(1), event(2, received_at=now() - 3 * DAY, release="1.0"), event(3, received_at=now() - DAY)]
    )
    archive = command(1, CommandAction.ARCHIVE)
    await rig.command(msgspec.structs.replace(archive, until=soon))
    states = await eventually(
        rig.states,
        lambda seen: [s.status for s in seen.values() if s.issue_id != issue(3)] == ["unresolved", "resolved"],
        30,
    )
    assert {key: state.status for key, state in states.items()} == {
        issue(1): IssueStatus.UNRESOLVED,
        issue(2): IssueStatus.RESOLVED,
        issue(3): IssueStatus.UNRESOLVED,
    }
    by_time = {seen.issue_id: seen for seen in await rig.read(TRANSITIONS) if seen.by == "time"}
    assert {key: seen.kind for key, seen in by_time.items()} == {issue(1): "reopened", issue(2): "resolved"}
    assert (by_time[issue(1)].at, by_time[issue(2)].release) == (soon, "1.0")
    assert (states[issue(2)].resolved_by, states[issue(1)].archived_until) == ("time", 0)
