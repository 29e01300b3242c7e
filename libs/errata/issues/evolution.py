"""How an issue changes: by an event, by a command; each change of its status as a `Transition`."""

from collections.abc import Mapping

from errata.contracts.flat_event import FlatEvent
from errata.contracts.ids import derived_id
from errata.contracts.messages import Command, IssueStatus, Transition, TransitionKind
from errata.issues.lifecycle import ACTIONS, status_after
from errata.issues.record import MAX_ENVIRONMENTS, MAX_RELEASES, IssueRecord
from errata.issues.regression import baseline, regression
from errata.issues.releases import compare


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
    """Give the transition that announces a new issue. An issue is created once, so its id alone makes the id."""
    cause = derived_id("created", record.issue_id)
    return _transition(record, event, TransitionKind.CREATED, cause=cause, before=None, why="first event of its group")


def absorb(
    record: IssueRecord, event: FlatEvent, generation: int, offset: int, first_seen: Mapping[str, int]
) -> Transition | None:
    """Count an event; give the transition when it brings a resolved issue back.

    What describes the issue (title, culprit, level, platform) follows its latest event.
    """
    record.count += 1
    record.first_seen = min(record.first_seen, event.received_at)
    record.last_seen = record.updated_at = max(record.last_seen, event.received_at)
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
    record.regressions += 1
    record.resolved_at, record.resolved_in_release, record.resolved_by, record.also_resolved_in = 0, "", "", ()
    cause = derived_id("regressed", record.issue_id, record.regressions)
    return _transition(record, event, TransitionKind.REGRESSED, cause=cause, before=IssueStatus.RESOLVED, why=reason)


def obey(record: IssueRecord, command: Command, first_seen: Mapping[str, int]) -> Transition | None:
    """Carry out a command; give the transition, or None when it changes nothing in this status."""
    kind = ACTIONS[command.action]
    before = record.status
    after = status_after(before, kind)
    if after is None:
        return None
    record.status = after
    record.step += 1
    record.updated_at = max(record.updated_at, command.at)
    record.resolved_at, record.resolved_in_release, record.resolved_by, record.also_resolved_in = 0, "", "", ()
    explanation = ""
    if after is IssueStatus.RESOLVED:
        record.resolved_at, record.resolved_by = command.at, command.by
        if command.in_release:
            record.resolved_in_release = command.in_release
        else:
            record.resolved_in_release, record.also_resolved_in = baseline(record.releases, first_seen)
        release = record.resolved_in_release
        explanation = f"resolved in {release}" if release else "resolved in no release: the next event brings it back"
    return Transition(
        id=transition_id(command),
        project=record.project,
        issue_id=record.issue_id,
        kind=kind,
        at=command.at,
        status_before=before,
        status_after=after,
        release=record.resolved_in_release,
        by=command.by,
        explanation=explanation,
        generation=record.generation,
        partition=record.partition,
        offset=record.offset,
        step=record.step,
    )


def transition_id(command: Command) -> str:
    """Give the id of the transition that a command leads to, so that its sender can wait for it."""
    return derived_id("command", command.issue_id, command.id)


def _transition(
    record: IssueRecord, event: FlatEvent, kind: TransitionKind, *, cause: str, before: IssueStatus | None, why: str
) -> Transition:
    after = status_after(before, kind)
    assert after is not None, f"{kind} has no place in status {before}"
    record.status = after
    return Transition(
        id=cause,
        project=record.project,
        issue_id=record.issue_id,
        kind=kind,
        at=event.received_at,
        status_before=before,
        status_after=after,
        release=event.release,
        event_id=event.event_id,
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
