"""How one item ended: the messages that say so, and what is counted of it."""

from typing import NamedTuple

from msgspec import structs

from errata.contracts.ids import derived_id
from errata.contracts.messages import Outcome, encode
from errata.contracts.outcomes import Invalid, OutcomeKind, Reason
from errata.contracts.pack import DeadLetter, encode_dead_letter
from errata.contracts.topics import DEAD_LETTERS, EVENTS, OUTCOMES
from errata_processor.terms import Job, Terms


class Message(NamedTuple):
    """One record to send."""

    topic: str
    """Without the prefix."""
    key: bytes
    value: bytes


class Ending(NamedTuple):
    """How one item ended: what to send, and what to count."""

    received_at: int
    messages: list[Message]
    events: int = 0
    outcomes: tuple[Outcome, ...] = ()

    @property
    def failed(self) -> bool:
        """Tell whether it ended by a fault of ours."""
        return any(outcome.outcome is OutcomeKind.DEAD_LETTER for outcome in self.outcomes)


def one_event(job: Job, key: bytes, value: bytes) -> Ending:
    """Give the ending of an item that became an event."""
    return Ending(job.item.meta.received_at, [Message(EVENTS, key, value)], events=1)


def handed_on(job: Job, topic: str, value: bytes) -> Ending:
    """Give the ending, in this segment, of an event that goes on to the next one."""
    return Ending(job.item.meta.received_at, [Message(topic, str(job.origin).encode(), value)])


def all_of(parts: list[Ending]) -> Ending:
    """Give the ending of an item of several events from those of its events."""
    return Ending(
        parts[0].received_at,
        [message for part in parts for message in part.messages],
        sum(part.events for part in parts),
        tuple(outcome for part in parts for outcome in part.outcomes),
    )


def no_event(job: Job, kind: OutcomeKind, reason: Reason, terms: Terms, *, duplicate_of: str = "") -> Ending:
    """Give the ending of an item that became no event, and is not kept."""
    meta = job.item.meta
    outcome = Outcome(
        outcome=kind,
        reason=reason,
        project=meta.project,
        key_id=meta.key_id,
        event_id=meta.event_id,
        source="processor",
        at=terms.now,
        origin=job.origin,
        duplicate_of=duplicate_of,
    )
    message = Message(OUTCOMES, str(meta.project).encode(), encode(outcome))
    return Ending(meta.received_at, [message], outcomes=(outcome,))


def invalid(job: Job, reason: Reason, terms: Terms) -> Ending:
    """Give the ending of what cannot be an event: no fault of ours, but kept, since what we take for invalid may be.

    One event of several is not: a replay would double its neighbours.
    """
    ending = no_event(job, OutcomeKind.INVALID, reason, terms)
    if job.origin.parts == 1:
        ending.messages.append(_letter(job, "", f"{Invalid.__name__}:{reason}", terms))
    return ending


def dead_letter(job: Job, stage: str, error_class: str, terms: Terms, reason: Reason = Reason.STAGE_ERROR) -> Ending:
    """Give the ending of an item that failed by a fault of ours: kept whole, for a replay.

    An item of several events fails as a whole, so that a replay never doubles those that went well.
    """
    ending = no_event(job, OutcomeKind.DEAD_LETTER, reason, terms)
    ending.messages.append(_letter(job, stage, error_class, terms))
    return ending


def event_id(job: Job) -> str:
    """Give the id of an event: its item's, or one made from it where the item holds several."""
    own = job.item.meta.event_id
    return own if job.origin.parts == 1 else derived_id(own, job.origin.part)


def _letter(job: Job, stage: str, error_class: str, terms: Terms) -> Message:
    origin = str(job.origin)
    item = job.item
    if job.origin.parts > 1:  # of several events of an item, kept by a later segment: it goes by its own id
        item = structs.replace(item, meta=structs.replace(item.meta, event_id=event_id(job)))
    letter = DeadLetter(1, origin, stage, error_class, terms.chains.config.hash, terms.now, item)
    return Message(DEAD_LETTERS, origin.encode(), encode_dead_letter(letter))
