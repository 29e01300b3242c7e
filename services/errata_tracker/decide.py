"""What a batch means: new records, transitions, alerts. Pure; time is the records' own, or the agenda's."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from errata.alerts.evaluate import alert_id, evaluate
from errata.alerts.rule_set import RuleSet
from errata.alerts.rules import Rule
from errata.alerts.windows import SlidingCount
from errata.contracts.flat_event import FlatEvent
from errata.contracts.messages import Alert, Command, IssueStatus, Transition
from errata.issues.evolution import absorb, create, created, due_at, let_time_pass, obey
from errata.issues.record import MAX_ENVIRONMENTS, IssueRecord
from errata_tracker.batch import Batch
from errata_tracker.tracked import Tracked


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What decisions about an issue depend on besides its records."""

    generation: int
    partition: int
    rules: RuleSet
    config_hash: str
    first_seen: Mapping[str, int]
    """When the project first saw each release, microseconds."""
    auto_resolve_days: int = 0


class Decisions(NamedTuple):
    """What was decided, to be committed as a whole."""

    told: Sequence[Transition | Alert]
    """In order."""
    changed: Collection[str]
    """Issues whose state is to be told."""
    written: Mapping[str, IssueRecord]
    """All records that changed, also those that only their next time to be looked at changed of."""
    due: Mapping[tuple[int, str], int]
    """When issues are to be looked at, by project and id, microseconds; 0 is never."""
    obeyed: int
    """Commands that changed something."""


class _Moment:
    """An issue at the moment of one event: what rules ask about. See `alerts.conditions.Situation`."""

    __slots__ = ("_tracked", "created", "first_in_environment", "regression")

    def __init__(self, tracked: Tracked) -> None:
        self._tracked = tracked
        self.created = False
        self.first_in_environment = False
        self.regression = ""

    def events(self, window: int, environment: str) -> int:
        return self._tracked.windows[window, environment].total

    def users(self, window: int, environment: str) -> int:
        return self._tracked.users.get((window, environment), 0)


def decide(batch: Batch, issues: Mapping[str, Tracked], around: Callable[[int], Surroundings]) -> Decisions:
    """Decide a batch.

    Args:
        batch: what happened.
        issues: all that it is about, by id; their records and windows are changed in place.
        around: gives a project's surroundings.

    """
    told: list[Transition | Alert] = []
    changed: dict[str, None] = dict.fromkeys(batch.events)
    for issue, its in batch.events.items():
        told += take_events(issues[issue], its, around(its[0][1].project))
    obeyed = 0
    for command in batch.commands:
        transition = take_command(issues[command.issue_id], command, around(command.project))
        if transition is not None:
            obeyed += 1
            told.append(transition)
            changed[command.issue_id] = None
    for project, issue in batch.agenda.due:
        transition = take_time(issues[issue], batch.agenda.now, around(project))
        if transition is not None:
            told.append(transition)
            changed[issue] = None
    due = dict(batch.agenda.entered)
    for issue in changed:
        due |= _sooner(issues[issue], around)
    for project, issue in batch.agenda.due:
        due[project, issue] = _next(issues[issue], around(project))
    looked_at = dict.fromkeys(issue for _, issue in batch.agenda.due)
    written = {issue: record for issue in changed | looked_at if (record := issues[issue].record) is not None}
    return Decisions(told, changed.keys(), written, due, obeyed)


def take_events(
    tracked: Tracked, events: Iterable[tuple[int, FlatEvent]], around: Surroundings
) -> list[Transition | Alert]:
    """Fold events, each with its offset, into their issue; give what must be told about it, in order."""
    told: list[Transition | Alert] = []
    wanted = around.rules.event_windows
    if tracked.windows.keys() != wanted:
        tracked.windows = {series: tracked.windows.get(series) or SlidingCount(series[0]) for series in wanted}
    moment = _Moment(tracked)
    for offset, event in events:
        record = tracked.record
        moment.created = record is None
        if record is None:
            record = tracked.record = create(
                event,
                short_id=tracked.short_id,
                generation=around.generation,
                partition=around.partition,
                offset=offset,
            )
            told.append(created(record, event))
        elif (around.generation, offset) <= (record.generation, record.offset):
            # A state from ClickHouse can be ahead of a Redis that came back with an older position.
            continue
        moment.first_in_environment = _is_first(event.environment, record)
        transition = absorb(record, event, around.generation, offset, around.first_seen)
        moment.regression = ""
        if transition is not None:
            told.append(transition)
            moment.regression = transition.explanation
        for (_, environment), count in tracked.windows.items():
            if not environment or environment == event.environment:
                count.add(event.received_at)
        # People archive an issue to hear no more of it.
        if record.status is not IssueStatus.ARCHIVED:
            changed = moment.created or moment.first_in_environment or moment.regression
            for rule in around.rules.all if changed else around.rules.at_every_event:
                alert = _ask(rule, event, record, moment, around)
                if alert is not None:
                    told.append(alert)
    return told


def take_command(tracked: Tracked, command: Command, around: Surroundings) -> Transition | None:
    """Carry out a command; give the transition, or None when there is no such issue or nothing changes."""
    if tracked.record is None:
        return None
    return obey(tracked.record, command, around.first_seen)


def take_time(tracked: Tracked, now: int, around: Surroundings) -> Transition | None:
    """Do what is due by now (microseconds); give the transition, or None when nothing is."""
    if tracked.record is None:
        return None
    return let_time_pass(tracked.record, now, around.auto_resolve_days, around.first_seen)


def _sooner(tracked: Tracked, around: Callable[[int], Surroundings]) -> dict[tuple[int, str], int]:
    """Give when an issue is to be looked at if that is sooner than what is stored; later is found out by then."""
    record = tracked.record
    assert record is not None
    at = due_at(record, around(record.project).auto_resolve_days)
    if not at or 0 < record.due <= at:
        return {}
    record.due = at
    return {(record.project, record.issue_id): at}


def _next(tracked: Tracked, around: Surroundings) -> int:
    """Give when an issue that was looked at is to be looked at again; 0 for never."""
    if tracked.record is None:
        return 0
    tracked.record.due = due_at(tracked.record, around.auto_resolve_days)
    return tracked.record.due


def _is_first(environment: str, record: IssueRecord) -> bool:
    """A record that is full of environments cannot tell any more, so no further one is called new."""
    known = record.environments
    return bool(environment) and environment not in known and len(known) < MAX_ENVIRONMENTS


def _ask(rule: Rule, event: FlatEvent, record: IssueRecord, moment: _Moment, around: Surroundings) -> Alert | None:
    last_fired, firings = record.fired.get(rule.id, (0, 0))
    evidence = evaluate(rule, event, moment, last_fired)
    if evidence is None:
        return None
    firings += 1
    record.fired[rule.id] = (event.received_at, firings)
    return Alert(
        id=alert_id(rule.id, record.issue_id, firings),
        rule_id=rule.id,
        rule_name=rule.name,
        kind=evidence.kind,
        project=record.project,
        issue_id=record.issue_id,
        short_id=record.short_id,
        title=event.title,
        culprit=event.culprit,
        level=event.level,
        platform=event.platform,
        environment=event.environment,
        release=event.release,
        event_id=event.event_id,
        fired_at=event.received_at,
        value=evidence.value,
        threshold=evidence.threshold,
        window_seconds=evidence.window,
        explanation=evidence.explanation,
        firing=firings,
        actions=rule.actions,
        config_hash=around.config_hash,
        generation=record.generation,
        partition=record.partition,
        offset=record.offset,
    )
