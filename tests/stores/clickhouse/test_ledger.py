"""Issues are held against the events they were made from."""

import msgspec
import pytest
from tests.services.errata_writer.builders import event
from tests.stores.clickhouse.filling import land

from errata.contracts import schemas
from errata.contracts.messages import IssueState, Transition, TransitionKind
from errata.contracts.times import now
from errata.stores.clickhouse import ledger
from errata.stores.clickhouse.client import ClickHouse

pytestmark = pytest.mark.stack

GROUP = "0123456789abcdef"
ISSUE = msgspec.json.decode((schemas.EXAMPLES / "issue-state.v1.json").read_bytes(), type=IssueState)
TRANSITION = msgspec.structs.replace(
    msgspec.json.decode((schemas.EXAMPLES / "transition.v1.json").read_bytes(), type=Transition),
    kind=TransitionKind.CREATED,
)


@pytest.fixture
async def filled(clickhouse: ClickHouse) -> ClickHouse:
    """Ten events of one group at offsets 0 to 9 of partition 0."""
    await land(clickhouse, "events", [event(number, project=1, group_hash=GROUP, received_at=now()) for number in range(10)])  # fmt: skip
    return clickhouse


def issue(count: int, offset: int, group: str = GROUP) -> IssueState:
    return msgspec.structs.replace(
        ISSUE, project=1, issue_id=group, count=count, generation=1, partition=0, offset=offset, first_seen=now()
    )


async def test_a_count_is_held_against_the_events_it_includes(filled: ClickHouse) -> None:
    await land(filled, "issues", [issue(count=4, offset=3)])
    assert await ledger.wrong_counts(filled, 1) == []
    await land(filled, "issues", [issue(count=9, offset=9)], first_offset=1)
    assert await ledger.wrong_counts(filled, 1) == [ledger.WrongCount(1, GROUP, 9, 10)]


async def test_an_issue_without_any_event_is_wrong(filled: ClickHouse) -> None:
    await land(filled, "issues", [issue(10, 9), issue(2, 9, group="f" * 16)])
    assert await ledger.wrong_counts(filled, 1) == [ledger.WrongCount(1, "f" * 16, 2, 0)]


async def test_a_group_that_the_tracker_has_passed_needs_an_issue(filled: ClickHouse) -> None:
    assert await ledger.groups_without_issue(filled, 1, {}) == []
    assert await ledger.groups_without_issue(filled, 1, {0: 1}) == [(1, GROUP)]
    await land(filled, "issues", [issue(10, 9)])
    assert await ledger.groups_without_issue(filled, 1, {0: 10}) == []


async def test_an_issue_is_announced_under_one_id(filled: ClickHouse) -> None:
    await land(filled, "transitions", [TRANSITION, TRANSITION])
    assert await ledger.announced_twice(filled) == []
    assert await ledger.repeated_ids(filled, "transitions") == 1
    again = msgspec.structs.replace(TRANSITION, id="another", at=TRANSITION.at + 1)
    await land(filled, "transitions", [again], first_offset=2)
    assert await ledger.announced_twice(filled) == [(TRANSITION.project, TRANSITION.issue_id)]
