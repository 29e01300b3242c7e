"""Every query of the README runs, and those that should be are answered from the projections."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from tests.services.errata_writer.builders import event, item
from tests.stores.clickhouse.filling import land

from errata.contracts import schemas
from errata.contracts.messages import Alert, IssueState, Message, Outcome, Transition
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import ItemFormat, encode_pack
from errata.contracts.times import MINUTE, now
from errata.stores import clickhouse as store
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.migrate import migrations
from errata.stores.clickhouse.releases import ChangedFile, Commit, Deploy, Release, Releases

pytestmark = pytest.mark.stack

README = (Path(store.__file__).parent / "README.md").read_text()
RECIPES = re.findall(r"\*\*(.+?)\*\*([^\n]*)\n+```sql\n(.+?)```", README, re.DOTALL)
PROJECTED = [(name, sql) for name, remark, sql in RECIPES if "*projection*" in remark]


EVENT, ISSUE, TRACE = "9b1d4ea2c8f04e7d9a52f0c1d3b7a684", "ae6dd9ff8b56d0ff", "4bf92f3577b34da6a3ce929d0e0e4736"
"""Those that recipes ask for; the examples of messages tell of the same issue."""


def example(kind: type) -> bytes:
    return (schemas.EXAMPLES / f"{schemas.stem(kind)}.json").read_bytes()


def of_today(kind: type[Alert | Transition], field: str) -> Message:
    return msgspec.structs.replace(msgspec.json.decode(example(kind), type=kind), **{field: now()})


@pytest.fixture
async def filled(clickhouse: ClickHouse) -> ClickHouse:
    started = now()
    events = [event(number, received_at=started - number * MINUTE // 10) for number in range(500)]
    asked_for = event(500, project=1, event_id=EVENT, group_hash=ISSUE, trace_id=TRACE, received_at=started)
    await land(clickhouse, "events", [*events, asked_for])
    await land(clickhouse, "issues", [example(IssueState)])
    await land(clickhouse, "transitions", [of_today(Transition, "at")])
    await land(clickhouse, "alerts", [of_today(Alert, "fired_at")])
    releases, today = Releases(clickhouse), datetime.now(UTC)
    release = Release(version="shop@1.1.0", id="r", projects=(1,), date_created=today, revision=started)
    commit = Commit(id="c", files=(ChangedFile("src/checkout.py", "M"),))
    await releases.put(await releases.put_commits(release, [commit]))
    await releases.put_deploy(Deploy(release_id="r", id="d", environment="production", date_finished=today))
    outcome = Outcome(
        outcome=OutcomeKind.FILTERED, reason=Reason.IGNORED_TYPE, project=1, source="processor", at=started
    )
    await land(clickhouse, "outcomes", [outcome] * 3)
    session = item(ItemFormat.SENTRY_SESSION, b'{"sid": "a", "status": "exited"}', received_at=started)
    said = b'{"event_id": "%032x", "name": "Ann", "email": "ann@shop.example", "comments": "it broke"}' % 77
    report = item(ItemFormat.SENTRY_USER_REPORT, said, received_at=started)
    file = item(ItemFormat.SENTRY_ATTACHMENT, b'{"filename": "a.log"}\n', event_id=EVENT, received_at=started)
    await land(clickhouse, "ingest-sessions", [encode_pack((session, report, file))])
    return clickhouse


def test_the_cookbook_was_found() -> None:
    assert len(RECIPES) == README.count("```sql")
    assert len(PROJECTED) >= 4


def test_every_table_and_view_is_in_the_readme() -> None:
    made = " ".join(statement for migration in migrations() for statement in migration.statements)
    names = re.findall(r"CREATE (?:TABLE IF NOT EXISTS|OR REPLACE VIEW) (\w+)", made)
    assert len(names) > 20
    assert [name for name in names if f"`{name}`" not in README] == []


async def test_every_recipe_finds_something(filled: ClickHouse) -> None:
    empty = [name for name, _remark, sql in RECIPES if not await filled.rows(sql.replace("FORMAT TSVRaw", ""))]
    assert empty == []


async def test_recipes_marked_so_read_a_projection(filled: ClickHouse) -> None:
    for name, sql in PROJECTED:
        plan = "\n".join(line for (line,) in await filled.rows("EXPLAIN " + sql))
        assert re.search(r"ReadFromMergeTree \(per_(minute|hour)\)", plan), f"{name}\n{plan}"


async def test_projections_equal_a_recount(filled: ClickHouse) -> None:
    for view, time, start in (("errors_per_minute", "minute", "Minute"), ("errors_per_hour", "hour", "Hour")):
        told = await filled.rows(f"SELECT issue, environment, release, {time}, errors FROM {view} ORDER BY ALL")
        counted = await filled.rows(
            f"SELECT group_hash, environment, release, toStartOf{start}(received_at) AS at, count() FROM events GROUP BY ALL ORDER BY ALL",
            settings={"optimize_use_projections": 0},
        )
        assert told == counted
    users = "SELECT group_hash, uniqCombinedIf(user, notEmpty(user)) FROM events GROUP BY group_hash ORDER BY ALL"
    assert await filled.rows(users) == await filled.rows(users, settings={"optimize_use_projections": 0})


async def test_an_event_is_found_by_its_id_through_the_index(filled: ClickHouse) -> None:
    sql = f"SELECT payload FROM errors WHERE event_id = '{77:032x}'"
    assert len(await filled.rows(sql)) == 1
    plan = "\n".join(line for (line,) in await filled.rows("EXPLAIN indexes = 1 " + sql))
    assert "by_event_id" in plan


async def test_the_last_record_of_an_issue_is_its_state(clickhouse: ClickHouse) -> None:
    later = example(IssueState).replace(b'"status": "unresolved"', b'"status": "resolved"')
    await land(clickhouse, "issues", [example(IssueState), later])
    await land(clickhouse, "issues", [example(IssueState)], first_offset=2)
    assert len(await clickhouse.rows("SELECT status FROM issue_list")) == 1


async def test_a_message_published_again_counts_once(clickhouse: ClickHouse) -> None:
    await land(clickhouse, "alerts", [example(Alert)] * 2)
    await land(clickhouse, "transitions", [example(Transition)] * 2)
    assert await clickhouse.rows("SELECT count() FROM alert_history") == [(1,)]
    assert await clickhouse.rows("SELECT count() FROM issue_history") == [(1,)]


async def test_a_session_counts_once_by_its_worst_status(clickhouse: ClickHouse) -> None:
    def session(text: str) -> bytes:
        return encode_pack((item(ItemFormat.SENTRY_SESSION, text.encode()),))

    sums = item(ItemFormat.SENTRY_SESSIONS, b'{"aggregates": [{"exited": 7, "crashed": 1, "errored": 2}], "attrs": {"release": "r"}}')  # fmt: skip
    attrs = '"attrs": {"release": "r"}}'
    packs = [
        session('{"sid": "a", "status": "exited", ' + attrs),  # arrives before the update that opened it
        session('{"sid": "a", "status": "ok", "init": true, ' + attrs),
        session('{"sid": "b", "status": "crashed", "init": true, ' + attrs),
        session('{"sid": "c", "status": "exited", "errors": 2, ' + attrs),
        encode_pack((sums,)),
    ]
    await land(clickhouse, "ingest-sessions", packs)
    (row,) = await clickhouse.rows("SELECT release, sessions, crashed, errored, crash_free FROM session_counts")
    assert row[:4] == ("r", 13, 2, 3)
    assert row[4] == pytest.approx(1 - 2 / 13)
