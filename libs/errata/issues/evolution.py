"""How an issue changes: by an event, by a command, by time alone; each change of its status as a `Transition`."""

from collections.abc import Mapping

from errata.contracts.flat_event import FlatEvent
from errata.contracts.ids import derived_id
from errata.contracts.messages import Command, IssueStatus, Transition, TransitionKind
from errata.contracts.times import DAY, to_datetime
from errata.issues.lifecycle import ACTIONS, status_after
from errata.issues.record import MAX_ENVIRONMENTS, MAX_RELEASES, IssueRecord
from errata.issues.regression import baseline, regression
from errata.issues.releases import compare

BY_TIME = "time"
"""Who acted when nobody did."""


def create(event: FlatEvent, *, short_id: str, generation: int, partition: int, offset: int) -> IssueRecord:
    """Give the record of an issue that begins with this event; the event itself is not counted yet."""
    return IssueRecord(
        project=event.project,
        issue_id=event.group_hash,
        short_id=short_id,
        status=IssueStatus.UNRESOLVED,
        title=event.title,
        level=event.level,
        first_seen=event.received_at,
        last_seen=event.received_at,
        first_release=event.release,
        updated_at=event.received_at,
        generation=generation,
        partition=partition,
        offset=offset,
    )


def created(record: IssueRecord, event: FlatEvent) -> Transition:
    """Give the transition that announces a new issue.

    Its id comes from the place of the event: decided again it is the same, while an issue that is called new twice
    shows by two ids.
    """
    cause = derived_id("created", record.issue_id, record.generation, record.partition, record.offset)
    return _transition(record, TransitionKind.CREATED, None, cause, event, why="first event of its group")


def absorb(
    record: IssueRecord, event: FlatEvent, generation: int, offset: int, first_seen: Mapping[str, int]
) -> Transition | None:
    """Count an event; give the transition when it brings a resolved issue back.

    What describes the issue (title, culprit, level, platform) follows its latest event.
    """
    record.count += 1
    record.first_seen = min(record.first_seen, event.received_at)
    record.last_seen = max(record.last_seen, event.received_at)
    record.updated_at = max(record.updated_at, record.last_seen)
    record.title, record.culprit = event.title, event.culprit
    record.level, record.platform = event.level, event.platform
    record.last_event_id = event.event_id
    record.generation, record.offset, record.step = generation, offset, 0
    if event.environment and event.environment not in record.environments:
        _remember_environment(record, event.environment)
    reason = None
    if record.status is IssueStatus.RESOLVED:
        reason = regression(record.resolution(), event.received_at, event.release, first_seen)
    if event.release:
        _remember_release(record, event.release, first_seen)
    if reason is None:
        return None
    before = _enter(record, TransitionKind.REGRESSED)
    record.regressions += 1
    cause = derived_id("regressed", record.issue_id, record.regressions)
    return _transition(record, TransitionKind.REGRESSED, before, cause, event, why=reason)


def obey(record: IssueRecord, command: Command, first_seen: Mapping[str, int]) -> Transition | None:
    """Carry out a command; give the transition, or None when it changes nothing in this status."""
    kind = ACTIONS[command.action]
    if status_after(record.status, kind) is None:
        return None
    before = _enter(record, kind)
    record.step += 1
    record.updated_at = max(record.updated_at, command.at)
    explanation = ""
    if kind is TransitionKind.RESOLVED:
        explanation = _resolve(record, command.at, command.by, command.in_release, first_seen)
    elif kind is TransitionKind.ARCHIVED and command.until:
        record.archived_until = command.until
        explanation = f"archived until {to_datetime(command.until):%Y-%m-%d %H:%M} UTC"
    return _transition(record, kind, before, transition_id(command), at=command.at, by=command.by, why=explanation)


def transition_id(command: Command) -> str:
    """Give the id of the transition that a command leads to, so that its sender can wait for it."""
    return derived_id("command", command.issue_id, command.id)


def due_at(record: IssueRecord, auto_resolve_days: int) -> int:
    """Give when time alone will change an issue, microseconds; 0 for never.

    An archive ends when it was said to; an open issue that nobody sees or touches for so many days is resolved, for 0
    days never.
    """
    if record.status is IssueStatus.ARCHIVED:
        return record.archived_until
    if record.status is IssueStatus.UNRESOLVED and auto_resolve_days:
        return record.updated_at + auto_resolve_days * DAY
    return 0


def let_time_pass(
    record: IssueRecord, now: int, auto_resolve_days: int, first_seen: Mapping[str, int]
) -> Transition | None:
    """Do what is due by now; give the transition, or None when nothing is. Its time is when it was due, not now."""
    due = due_at(record, auto_resolve_days)
    if not due or due > now:
        return None
    kind = TransitionKind.REOPENED if record.status is IssueStatus.ARCHIVED else TransitionKind.RESOLVED
    before = _enter(record, kind)
    record.step += 1
    record.updated_at = max(record.updated_at, due)
    explanation = "its archive ended"
    if kind is TransitionKind.RESOLVED:
        resolved = _resolve(record, due, BY_TIME, "", first_seen)
        explanation = f"not seen for {auto_resolve_days} days; {resolved}"
    cause = derived_id("due", record.issue_id, kind, due)
    return _transition(record, kind, before, cause, at=due, by=BY_TIME, why=explanation)


def _enter(record: IssueRecord, kind: TransitionKind) -> IssueStatus:
    """Change the status, forget what was said of the one before; give that one."""
    before = record.status
    after = status_after(before, kind)
    assert after is not None, f"{kind} has no place in status {before}"
    record.status = after
    record.resolved_at, record.resolved_in_release, record.resolved_by, record.also_resolved_in = 0, "", "", ()
    record.archived_until = 0
    return before


def _resolve(record: IssueRecord, at: int, by: str, in_release: str, first_seen: Mapping[str, int]) -> str:
    """Note how an issue is resolved; give it in words."""
    record.resolved_at, record.resolved_by, record.resolved_in_release = at, by, in_release
    if not in_release:
        record.resolved_in_release, record.also_resolved_in = baseline(record.releases, first_seen)
    release = record.resolved_in_release
    return f"resolved in {release}" if release else "resolved in no release: the next event brings it back"


def _transition(
    record: IssueRecord,
    kind: TransitionKind,
    before: IssueStatus | None,
    cause: str,
    event: FlatEvent | None = None,
    *,
    at: int = 0,
    by: str = "",
    why: str,
) -> Transition:
    """Give the announcement of a change that was made: by an event, or at a time by someone."""
    return Transition(
        id=cause,
        project=record.project,
        issue_id=record.issue_id,
        kind=kind,
        at=event.received_at if event else at,
        status_before=before,
        status_after=record.status,
        release=event.release if event else record.resolved_in_release,
        event_id=event.event_id if event else "",
        by=by,
        explanation=why,
        generation=record.generation,
        partition=record.partition,
        offset=record.offset,
        step=record.step,
    )


def _remember_release(record: IssueRecord, release: str, first_seen: Mapping[str, int]) -> None:
    seen = record.releases[release] = record.releases.get(release, 0) + 1
    if seen > 1:
        return
    if not record.last_release or compare(release, record.last_release, first_seen).sign > 0:
        record.last_release = release
    if len(record.releases) > MAX_RELEASES:
        # The least seen goes, the oldest of those first: a flood of made-up releases drives out itself.
        others = (known for known in record.releases if known != release)
        del record.releases[min(others, key=record.releases.__getitem__)]


def _remember_environment(record: IssueRecord, environment: str) -> None:
    if len(record.environments) < MAX_ENVIRONMENTS:
        record.environments.append(environment)
