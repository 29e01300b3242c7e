"""What a batch means for an issue: transitions and alerts, in order, without any server."""

from collections.abc import Sequence
from typing import Any

import msgspec
from tests.services.errata_tracker.rig import CONDITION, FIRST_SEEN, REGRESSION, frequency

from errata.alerts.rule_set import RuleSet
from errata.alerts.rules import compile_rules
from errata.contracts.flat_event import FlatEvent
from errata.contracts.messages import Alert, Command, CommandAction, Transition
from errata.contracts.times import DAY, MINUTE, SECOND
from errata.stores.redis.partition_state import Position
from errata_tracker.batch import Agenda, Batch
from errata_tracker.decide import Surroundings, decide, take_command, take_events
from errata_tracker.tracked import Tracked

NOW = 1_795_436_400 * SECOND
USERS = {
    "name": "Many",
    "conditions": [
        {"id": CONDITION + "event_frequency.EventUniqueUserFrequencyCondition", "value": 2, "interval": "1h"}
    ],
}


def around(*rules: dict[str, Any]) -> Surroundings:
    return Surroundings(
        generation=1,
        partition=0,
        rules=RuleSet(compile_rules(rules, "shop")),
        config_hash="c0ffee",
        first_seen={},
    )


def tracked() -> Tracked:
    new = Tracked(None, {})
    new.short_id = "SHOP-1"
    return new


def event(at: int = 0, **fields: Any) -> FlatEvent:
    given = {"project": 1, "event_id": f"{at:032}", "group_hash": "g" * 16, "received_at": NOW + at, "level": "error"}
    return msgspec.convert(given | {"platform": "go", "title": "Oh"} | fields, FlatEvent)


def take(issue: Tracked, surroundings: Surroundings, *events: FlatEvent) -> list[Transition | Alert]:
    first = issue.record.offset + 1 if issue.record else 0
    return take_events(issue, list(enumerate(events, first)), surroundings)


def kinds(told: list[Transition | Alert]) -> list[str]:
    return [message.kind.value for message in told]


def test_an_issue_is_announced_before_the_alert_about_it() -> None:
    created, alert = take(tracked(), around(FIRST_SEEN), event(), event(1))
    assert isinstance(alert, Alert)
    assert (created.kind, alert.kind) == ("created", "first_seen")
    assert (alert.short_id, alert.firing, alert.fired_at, alert.config_hash) == ("SHOP-1", 1, NOW, "c0ffee")


def test_a_frequency_rule_fires_at_the_event_that_exceeds_it_and_again_after_its_cooldown() -> None:
    rules = around(frequency(3, "1m", frequency=2))
    issue = tracked()
    fast = [event(second * SECOND) for second in range(10)]
    (_, first) = take(issue, rules, *fast)
    assert isinstance(first, Alert)
    assert (first.event_id, first.value, first.threshold, first.window_seconds) == (fast[3].event_id, 4, 3, 60)
    later = [event(2 * MINUTE + second * SECOND) for second in range(10)]
    (second,) = take(issue, rules, *later)
    assert isinstance(second, Alert)
    assert (second.firing, second.event_id) == (2, later[3].event_id)
    assert second.id != first.id


def test_how_events_are_cut_into_batches_changes_nothing() -> None:
    rules = around(FIRST_SEEN, REGRESSION, frequency(5, "5m", frequency=1))
    events = [event(second * 7 * SECOND, release=f"1.{second // 9}") for second in range(60)]
    whole, parts = tracked(), tracked()
    at_once = take_events(whole, list(enumerate(events)), rules)
    cut: list[Transition | Alert] = []
    for start in range(0, len(events), 7):
        cut += take_events(parts, list(enumerate(events))[start : start + 7], rules)
    assert at_once == cut
    assert whole.record == parts.record


def test_a_window_of_one_environment_counts_that_environment_only() -> None:
    rules = around(frequency(3, environment="production"))
    mixed = [event(second, environment=("production", "staging")[second % 2]) for second in range(8)]
    told = take(tracked(), rules, *mixed)
    assert kinds(told) == ["created", "event_frequency"]
    assert told[1].event_id == mixed[6].event_id


def test_new_in_an_environment_is_told_once_for_each() -> None:
    rules = around(FIRST_SEEN | {"environment": "production"})
    told = take(tracked(), rules, *(event(n, environment=name) for n, name in enumerate(["dev", "", "production"] * 2)))
    assert kinds(told) == ["created", "first_seen"]
    assert told[1].explanation == "first seen in production"


def test_an_archived_issue_sets_off_nothing() -> None:
    rules = around(frequency(1))
    issue = tracked()
    take(issue, rules, event())
    archive = Command(id="c", project=1, issue_id="g" * 16, action=CommandAction.ARCHIVE, by="alex", at=NOW)
    assert take_command(issue, archive, rules) is not None
    assert take(issue, rules, *(event(n) for n in range(9))) == []
    assert issue.record is not None
    assert issue.record.count == 10


def test_a_regression_comes_with_its_reason() -> None:
    rules = around(REGRESSION)
    issue = tracked()
    take(issue, rules, event(release="1.0"))
    resolve = Command(id="c", project=1, issue_id="g" * 16, action=CommandAction.RESOLVE, by="alex", at=NOW + 1)
    take_command(issue, resolve, rules)
    regressed, alert = take(issue, rules, event(2, release="1.0"), event(3, release="2.0"), event(4, release="2.0"))
    assert kinds([regressed, alert]) == ["regressed", "regression"]
    assert regressed.explanation == alert.explanation
    assert "later than 1.0" in alert.explanation


def test_users_are_those_that_were_counted_when_the_batch_was_read() -> None:
    issue = tracked()
    issue.users[3600, ""] = 3
    told = take(issue, around(USERS), event(), event(1))
    assert kinds(told) == ["created", "user_frequency"]
    assert told[1].value == 3


def test_a_command_for_an_issue_that_does_not_exist_does_nothing() -> None:
    reopen = Command(id="c", project=1, issue_id="x", action=CommandAction.REOPEN, by="alex", at=NOW)
    assert take_command(Tracked(None, {}), reopen, around()) is None


def batch(agenda: Agenda, *events: FlatEvent, commands: Sequence[Command] = ()) -> Batch:
    by_issue: dict[str, list[tuple[int, FlatEvent]]] = {}
    for offset, each in enumerate(events, 10):
        by_issue.setdefault(each.group_hash, []).append((offset, each))
    return Batch(by_issue, commands, agenda, Position(1, 10 + len(events), 0))


def test_a_storm_of_one_issue_is_one_record_to_write_and_one_state_to_tell() -> None:
    issues = {"g" * 16: tracked(), "h" * 16: tracked()}
    storm = [event(n) for n in range(500)] + [event(9, group_hash="h" * 16)]
    decisions = decide(batch(Agenda(NOW), *storm), issues, lambda _: around())
    assert list(decisions.changed) == list(decisions.written) == ["g" * 16, "h" * 16]
    assert [record.count for record in decisions.written.values()] == [500, 1]
    assert kinds(list(decisions.told)) == ["created", "created"]


def test_an_issue_enters_the_agenda_when_it_can_be_due_and_again_only_for_an_earlier_time() -> None:
    issues = {"g" * 16: tracked()}
    days = msgspec.structs.replace(around(), auto_resolve_days=2)
    first = decide(batch(Agenda(NOW), event()), issues, lambda _: days)
    assert first.due == {(1, "g" * 16): NOW + 2 * DAY}
    assert decide(batch(Agenda(NOW), *(event(5) for _ in range(2))), issues, lambda _: days).due == {}
    archive = Command(
        id="c", project=1, issue_id="g" * 16, action=CommandAction.ARCHIVE, by="alex", at=NOW + 6, until=NOW + DAY
    )
    assert decide(batch(Agenda(NOW), commands=[archive]), issues, lambda _: days).due == {(1, "g" * 16): NOW + DAY}


def test_what_is_due_changes_and_what_is_not_any_more_is_looked_at_later() -> None:
    issues = {"g" * 16: tracked()}
    days = msgspec.structs.replace(around(), auto_resolve_days=2)
    decide(batch(Agenda(NOW), event(), event(DAY)), issues, lambda _: days)
    due = [(1, "g" * 16), (1, "gone")]
    issues["gone"] = Tracked(None, {})
    early = decide(batch(Agenda(NOW + 2 * DAY, due)), issues, lambda _: days)
    assert (early.told, list(early.changed), list(early.written)) == ([], [], ["g" * 16])
    assert early.due == {(1, "g" * 16): NOW + 3 * DAY, (1, "gone"): 0}
    (resolved,) = decide(batch(Agenda(NOW + 3 * DAY, due)), issues, lambda _: days).told
    assert isinstance(resolved, Transition)
    assert (resolved.kind, resolved.by) == ("resolved", "time")


def test_events_that_a_recalled_state_includes_are_not_counted_again() -> None:
    issue = tracked()
    take(issue, around(), event(), event(1), event(2))
    assert take_events(issue, [(1, event(1)), (2, event(2)), (3, event(3))], around()) == []
    assert issue.record is not None
    assert (issue.record.count, issue.record.offset) == (4, 3)
