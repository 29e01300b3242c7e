"""An issue over its events and commands: counts, descriptions, status, transitions."""

from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.flat_event import FlatEvent
from errata.contracts.messages import (
    Command,
    CommandAction,
    IssueState,
    IssueStatus,
    Level,
    Transition,
    TransitionKind,
    encode,
)
from errata.contracts.times import DAY
from errata.issues.evolution import absorb, create, created, due_at, let_time_pass, obey, transition_id
from errata.issues.lifecycle import TRANSITIONS, status_after
from errata.issues.record import MAX_RELEASES, IssueRecord, decode_record, encode_record


def event(at: int = 100, **fields: object) -> FlatEvent:
    given_fields = {"project": 1, "event_id": "e" * 32, "group_hash": "g" * 16, "received_at": at, "level": "error"}
    return msgspec.convert(given_fields | {"platform": "python", "title": "Oh"} | fields, FlatEvent)


def new(first: FlatEvent, offset: int = 7) -> tuple[IssueRecord, Transition]:
    record = create(first, short_id="SHOP-1", generation=1, partition=3, offset=offset)
    return record, created(record, first)


def command(action: CommandAction, at: int = 200, **fields: Any) -> Command:
    return Command(id=f"c{at}", project=1, issue_id="g" * 16, action=action, by="alex", at=at, **fields)


def take(record: IssueRecord, *events: FlatEvent) -> list[Transition]:
    told = [absorb(record, each, 1, 10 + n, {}) for n, each in enumerate(events)]
    return [each for each in told if each is not None]


def test_the_first_event_creates_the_issue() -> None:
    record, transition = new(event(release="1.0"))
    assert (transition.kind, transition.status_before, transition.status_after) == ("created", None, "unresolved")
    assert (record.first_release, record.short_id, record.count) == ("1.0", "SHOP-1", 0)


def test_an_issue_created_by_the_same_record_has_the_same_id_and_by_another_one_a_second() -> None:
    _, transition = new(event(release="1.0"))
    _, again = new(event(release="1.0"))
    _, false = new(event(release="1.0"), offset=8)
    assert transition.id == again.id != false.id


def test_events_that_come_out_of_order_keep_first_and_last_seen() -> None:
    record, _ = new(event(100))
    take(record, event(100), event(50, title="Late", level="fatal"), event(80))
    assert (record.first_seen, record.last_seen, record.count) == (50, 100, 3)
    assert record.updated_at == 100


def test_an_issue_looks_like_its_latest_event() -> None:
    record, _ = new(event())
    take(record, event(), event(110, title="Ah", culprit="here", level="warning", event_id="f" * 32))
    assert (record.title, record.culprit, record.level) == ("Ah", "here", Level.WARNING)
    assert record.last_event_id == "f" * 32


def test_a_resolved_issue_regresses_once_and_can_be_resolved_again() -> None:
    record, _ = new(event(release="1.0"))
    take(record, event(release="1.0"))
    assert obey(record, command(CommandAction.RESOLVE), {}) is not None
    assert (record.status, record.resolved_in_release, record.resolved_at) == (IssueStatus.RESOLVED, "1.0", 200)
    (first,) = take(record, event(300, release="1.1"), event(301, release="1.2"))
    assert (first.kind, first.release, record.regressions) == (TransitionKind.REGRESSED, "1.1", 1)
    assert (record.resolved_in_release, record.resolved_at) == ("", 0)
    obey(record, command(CommandAction.RESOLVE, 400), {})
    assert record.resolved_in_release == "1.2"
    (second,) = take(record, event(500, release="1.3"))
    assert second.id != first.id


def test_an_archived_issue_counts_on_and_stays_archived() -> None:
    record, _ = new(event())
    obey(record, command(CommandAction.ARCHIVE), {})
    assert take(record, event(300), event(301)) == []
    assert (record.status, record.count) == (IssueStatus.ARCHIVED, 2)


def test_an_archive_ends_when_it_was_said_to_and_never_when_nothing_was_said() -> None:
    record, _ = new(event())
    assert obey(record, command(CommandAction.ARCHIVE), {}) is not None
    assert due_at(record, 7) == 0
    archived = obey(record, command(CommandAction.ARCHIVE, until=1_000), {})
    assert archived is not None
    assert "archived until 1970-01-01 00:00 UTC" in archived.explanation
    assert (due_at(record, 7), let_time_pass(record, 999, 7, {})) == (1_000, None)
    ended = let_time_pass(record, 5_000, 7, {})
    assert ended is not None
    assert (ended.kind, ended.status_after, ended.at, ended.by) == ("reopened", "unresolved", 1_000, "time")
    assert (record.status, record.archived_until) == (IssueStatus.UNRESOLVED, 0)


def test_an_issue_is_resolved_after_quiet_days_and_the_next_event_in_a_later_release_brings_it_back() -> None:
    record, _ = new(event(release="1.0"))
    take(record, event(DAY, release="1.0"))
    assert (due_at(record, 0), due_at(record, 2)) == (0, 3 * DAY)
    assert let_time_pass(record, 3 * DAY - 1, 2, {}) is None
    resolved = let_time_pass(record, 9 * DAY, 2, {})
    assert resolved is not None
    assert (resolved.kind, resolved.at, resolved.by, resolved.release) == ("resolved", 3 * DAY, "time", "1.0")
    assert (record.resolved_at, record.resolved_by) == (3 * DAY, "time")
    assert due_at(record, 2) == 0
    (back,) = take(record, event(4 * DAY, release="1.1"))
    assert back.kind is TransitionKind.REGRESSED


def test_quiet_days_are_counted_from_when_somebody_touched_the_issue() -> None:
    record, _ = new(event(DAY))
    first = let_time_pass(record, 9 * DAY, 2, {})
    obey(record, command(CommandAction.REOPEN, 9 * DAY), {})
    assert let_time_pass(record, 9 * DAY, 2, {}) is None
    second = let_time_pass(record, 11 * DAY, 2, {})
    assert first is not None
    assert second is not None
    assert first.id != second.id


def test_what_time_does_has_the_same_id_whenever_it_is_noticed() -> None:
    early, _ = new(event(DAY))
    late, _ = new(event(DAY))
    assert let_time_pass(early, 3 * DAY, 2, {}) == let_time_pass(late, 30 * DAY, 2, {})


def test_the_sender_of_a_command_knows_the_id_of_its_transition() -> None:
    record, _ = new(event())
    sent = command(CommandAction.RESOLVE)
    done = obey(record, sent, {})
    assert done is not None
    assert done.id == transition_id(sent)


@pytest.mark.parametrize(("status", "action"), [*product(IssueStatus, CommandAction)])
def test_a_command_does_what_the_table_says_and_nothing_else(status: IssueStatus, action: CommandAction) -> None:
    record, _ = new(event())
    record.status = status
    before = encode_record(record)
    kind = {"resolve": "resolved", "archive": "archived", "reopen": "reopened"}[action]
    expected = status_after(status, TransitionKind(kind))
    done = obey(record, command(action), {})
    if expected is None:
        assert done is None
        assert encode_record(record) == before
    else:
        assert done is not None
        assert (done.status_before, done.status_after, record.status) == (status, expected, expected)


def test_only_a_first_event_leads_out_of_nothing() -> None:
    assert [kind for status, kind in TRANSITIONS if status is None] == [TransitionKind.CREATED]


@given(st.lists(st.sampled_from(["event", "resolve", "archive", "reopen", "time"]), max_size=30))
def test_states_of_an_issue_are_ordered_by_offset_and_step(changes: list[str]) -> None:
    record, _ = new(event())
    places = []
    for number, change in enumerate(changes):
        if change == "event":
            absorb(record, event(1_000 + number, release=f"1.{number}"), 1, 10 + number, {})
        elif change == "time":
            if let_time_pass(record, 9 * DAY, 1, {}) is None:
                continue
        elif obey(record, command(CommandAction(change), 1_000 + number), {}) is None:
            continue
        places.append((record.generation, record.offset, record.step))
    assert places == sorted(set(places))


def test_an_issue_remembers_a_bounded_number_of_releases_and_keeps_those_seen_most() -> None:
    record, _ = new(event())
    take(record, *[event(release="1.0.0")] * 3, *(event(release=f"0.0.{n}") for n in range(100)))
    assert len(record.releases) == MAX_RELEASES
    assert record.releases["1.0.0"] == 3
    assert record.last_release == "1.0.0"


def test_a_record_survives_being_stored_and_being_published() -> None:
    record, _ = new(event(release="1.0", environment="production"))
    take(record, event(release="1.0", environment="production"))
    record.fired["rule"] = (5, 1)
    record.also_resolved_in = ("2.0",)
    assert decode_record(encode_record(record)) == record
    state = record.state()
    assert isinstance(state, IssueState)
    assert (state.count, state.short_id, state.last_release) == (1, "SHOP-1", "1.0")
    assert IssueRecord.of(msgspec.json.decode(encode(state), type=IssueState)) == record
