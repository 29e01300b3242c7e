"""The messages on Errata's topics: their types are the truth, the JSON schemas and examples are made from them.

Times are microseconds since 1970, UTC. Every message carries `version`; a change that breaks yesterday's example
needs a new one. Fields with their default value are left out of the JSON.
"""

from enum import StrEnum
from typing import Any

import msgspec

from errata.contracts.origin import Origin
from errata.contracts.outcomes import OutcomeKind, Reason


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all public messages share: unknown fields are ignored, so a reader survives a newer writer."""

    version: int = 1


class Level(StrEnum):
    """Sentry's five levels, least severe first."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    FATAL = "fatal"


class ProcessedEvent(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One error in canonical form: a flat part that routing, counting, rules and columns read, and the whole event.

    A consumer reads the flat part without parsing `payload`; the writer stores `payload` without serializing it again.
    Everything in it has passed the scrubber.
    """

    project: int
    event_id: str
    """32 lower-case hex digits."""
    group_hash: str
    """16 lower-case hex digits: the hash of project and fingerprint."""
    fingerprint: tuple[str, ...]
    grouping_version: str
    origin: Origin
    received_at: int
    timestamp: int
    """When the error happened, by the client's clock corrected for drift."""
    level: Level
    platform: str
    title: str
    culprit: str = ""
    environment: str = ""
    release: str = ""
    dist: str = ""
    transaction: str = ""
    logger: str = ""
    server_name: str = ""
    message: str = ""
    exception_types: tuple[str, ...] = ()
    """The raised exception last, as in the payload."""
    exception_values: tuple[str, ...] = ()
    handled: bool | None = None
    """None when the client did not say."""
    tags: dict[str, str] = {}
    user: str = ""
    """16 hex digits: a keyed hash of who was affected, equal for the same user; empty when nobody is named."""
    trace_id: str = ""
    span_id: str = ""
    sdk_name: str = ""
    sdk_version: str = ""
    key_id: str = ""
    config_hash: str = ""
    redactions: dict[str, int] = {}
    """How often each scrubbing rule changed something; never what it changed."""
    payload: msgspec.Raw


class IssueStatus(StrEnum):
    """Where an issue stands in its workflow."""

    UNRESOLVED = "unresolved"
    RESOLVED = "resolved"
    ARCHIVED = "archived"


class IssueMemory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What only the tracker reads: with it a state is all that it needs to go on after Redis has lost an issue.

    It may change without a new version.
    """

    releases: dict[str, int] = {}
    """How often the issue was seen in each of its latest releases."""
    environments: tuple[str, ...] = ()
    also_resolved_in: tuple[str, ...] = ()
    """When it was resolved without a release being named: later releases that it had been seen in just once."""
    fired: dict[str, tuple[int, int]] = {}
    """By rule: when it fired last, microseconds, and how often it has."""


class IssueState(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of one issue now. The topic `issues` is compacted: the last message of a key is the state."""

    project: int
    issue_id: str
    """The group hash that the issue was created with."""
    short_id: str
    """For people: project slug and a number, such as `SHOP-12`."""
    status: IssueStatus
    title: str
    culprit: str = ""
    level: Level
    platform: str = ""
    first_seen: int
    last_seen: int
    count: int
    """Events since the issue was created, exact."""
    users: int = 0
    """Distinct users of the last 24 hours, estimated (HyperLogLog, standard error 0.8 %)."""
    first_release: str = ""
    last_release: str = ""
    """The latest release seen, by release order, not by time."""
    resolved_at: int = 0
    resolved_in_release: str = ""
    resolved_by: str = ""
    archived_until: int = 0
    """When an archived issue comes back by itself; 0 for never."""
    regressions: int = 0
    """How often it came back after being resolved."""
    last_event_id: str = ""
    updated_at: int
    generation: int
    partition: int
    offset: int
    """Of the last record in `events` that this state includes."""
    step: int = 0
    """Changes by commands and by time since that event: generation, offset and step order the states of one issue."""
    memory: IssueMemory = IssueMemory()


class TransitionKind(StrEnum):
    """What changed."""

    CREATED = "created"
    REGRESSED = "regressed"
    RESOLVED = "resolved"
    ARCHIVED = "archived"
    REOPENED = "reopened"


class Transition(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One change of an issue's status. `id` is derived from what happened, so a repeated message is recognizable."""

    id: str
    project: int
    issue_id: str
    kind: TransitionKind
    at: int
    """The time of the record that caused it, or that time itself brought about: a replay gives the same."""
    status_before: IssueStatus | None = None
    status_after: IssueStatus
    release: str = ""
    event_id: str = ""
    by: str = ""
    """Who acted, for changes made by people; `time` for those that nobody made."""
    explanation: str = ""
    """Why, in words: for a regression the releases compared and by which order."""
    generation: int
    partition: int
    offset: int
    step: int = 0


class AlertKind(StrEnum):
    """Which condition fired."""

    FIRST_SEEN = "first_seen"
    REGRESSION = "regression"
    EVENT_FREQUENCY = "event_frequency"
    USER_FREQUENCY = "user_frequency"
    EVERY_EVENT = "every_event"


class Alert(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One firing of one rule for one issue. `id` is derived from rule, issue and what fired: safe to deliver twice."""

    id: str
    rule_id: str
    rule_name: str
    kind: AlertKind
    project: int
    issue_id: str
    short_id: str
    title: str
    culprit: str = ""
    level: Level
    platform: str = ""
    environment: str = ""
    release: str = ""
    event_id: str
    """The event that made the rule fire."""
    fired_at: int
    """The receive time of that event: a replay gives the same, and publish time minus it is the alert's latency."""
    value: int = 0
    """What was counted, for frequency conditions."""
    threshold: int = 0
    window_seconds: int = 0
    explanation: str = ""
    firing: int = 1
    """How often this rule has fired for this issue, this time included; what the id is derived from."""
    actions: tuple[dict[str, Any], ...] = ()
    """As in the rule: whoever delivers decides what they mean."""
    config_hash: str = ""
    generation: int
    partition: int
    offset: int
    step: int = 0


class CommandAction(StrEnum):
    """What a person can do to an issue."""

    RESOLVE = "resolve"
    ARCHIVE = "archive"
    REOPEN = "reopen"


class Command(Message, frozen=True, kw_only=True, omit_defaults=True):
    """A person's wish for one issue; the tracker, the only writer of issue state, carries it out."""

    id: str
    project: int
    issue_id: str
    action: CommandAction
    by: str
    at: int
    in_release: str = ""
    """For resolve: the release that has the fix; empty means the latest release seen."""
    until: int = 0
    """For archive: when the issue comes back by itself, microseconds; 0 means never."""


class Outcome(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The end of an item that became no event; the ledger's other half beside the events themselves."""

    outcome: OutcomeKind
    reason: Reason
    category: str = "error"
    """Sentry's data categories: error, session, monitor, transaction, attachment, default..."""
    quantity: int = 1
    project: int = 0
    """0 when the request named none that exists."""
    key_id: str = ""
    event_id: str = ""
    source: str
    """Which service says so: relay, processor, writer."""
    at: int
    origin: Origin | None = None
    """None for what the relay itself refused: counted, but outside the ledger."""
    duplicate_of: str = ""
    """The origin, as text, of the first one with this event id."""


_encoder = msgspec.json.Encoder()

PUBLIC_MESSAGES: tuple[type[Message], ...] = (ProcessedEvent, IssueState, Transition, Alert, Command, Outcome)
"""Every message type that has a JSON schema and an example file."""


def encode(message: Message) -> bytes:
    """Give the record value of a message: UTF-8 JSON without fields at their default."""
    return _encoder.encode(message)
