"""Which issues are looked at though nothing happens to them, on a real Redis."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.services.errata_tracker.rig import PROJECT

from errata.config.loading import ConfigFolder
from errata.config.model import Config
from errata.contracts.messages import IssueStatus, Level
from errata.contracts.times import DAY
from errata.issues.record import IssueRecord
from errata.stores.redis.connection import connect
from errata.stores.redis.partition_state import PartitionState, Position
from errata_tracker import agenda as module
from errata_tracker.agenda import AgendaKeeper
from errata_tracker.batch import Agenda
from errata_tracker.rule_book import RuleBook

pytestmark = pytest.mark.stack
NOW = 100 * DAY


def record(issue: str, seen: int, project: int = 1) -> IssueRecord:
    return IssueRecord(
        project=project,
        issue_id=issue,
        short_id="SHOP-1",
        status=IssueStatus.UNRESOLVED,
        title="Oh",
        level=Level.ERROR,
        first_seen=seen,
        last_seen=seen,
        updated_at=seen,
        generation=1,
        partition=0,
        offset=1,
    )


@pytest.fixture
async def state(redis_db: str) -> AsyncIterator[PartitionState]:
    async with connect(redis_db) as redis:
        yield PartitionState(redis, "test.", 0)


def config(folder: Path, settings: str = "") -> Config:
    (folder / "projects").mkdir(exist_ok=True)
    (folder / "projects" / "shop.yaml").write_text(PROJECT + settings)
    return ConfigFolder(folder).current


async def test_issues_that_were_there_before_are_entered_some_at_each_look(
    state: PartitionState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0)
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    commit = state.begin()
    commit.records([record("a", DAY), record("b", 2 * DAY, project=9), record("c", 3 * DAY)])
    assert await state.commit(None, Position(1, 0, 0), commit)
    rules = RuleBook(config(tmp_path))
    keeper = AgendaKeeper(state, rules, lambda: NOW)
    assert await keeper.look() == Agenda(NOW, [], {})
    rules.take(config(tmp_path, "issues: {auto_resolve_days: 7}"))
    assert [(await keeper.look()).entered for _ in range(3)] == [{(1, "a"): 8 * DAY}, {(1, "c"): 10 * DAY}, {}]
    assert (await keeper.look()).entered == {}


async def test_what_is_due_is_told_until_it_is_taken_away(
    state: PartitionState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0)
    commit = state.begin()
    commit.due({(1, "a"): NOW, (1, "later"): NOW + 1})
    assert await state.commit(None, Position(1, 0, 0), commit)
    keeper = AgendaKeeper(state, RuleBook(config(tmp_path)), lambda: NOW)
    assert [(await keeper.look()).due for _ in range(2)] == [[(1, "a")]] * 2
