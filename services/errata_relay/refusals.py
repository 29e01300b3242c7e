"""Why the relay says no, and how: each reason with its status and a sentence for whoever reads the client's log."""

from functools import cache
from typing import NamedTuple

from errata.contracts.outcomes import OutcomeKind, Reason
from errata.protocols.sentry.client_reports import REASONS as DISCARDS

Header = tuple[bytes, bytes]


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """Ends a request with nothing accepted; what became of its items has been counted."""

    def __init__(
        self,
        reason: Reason,
        categories: frozenset[str] = frozenset(),
        *,
        seconds: int = 10,
        scope: str = "organization",
        others: "tuple[Refused, ...]" = (),
    ) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.categories = categories
        """For rate limits: what the client should hold back; all when there is none."""
        self.seconds = seconds
        """For rate limits: how long."""
        self.scope = scope
        """For rate limits, in Sentry's words: organization, project, key."""
        self.others = others
        """What else is refused, for other reasons or other lengths of time."""


class NoRoomError(Exception):
    """All bodies together take as much memory as they may."""

    reason = Reason.QUEUE_FULL


class ClientGoneError(Exception):
    """The client went away, or was sent away for its slowness, before its request was whole: nobody to answer."""

    reason = Reason.INCOMPLETE


class Refusal(NamedTuple):
    """How one reason is answered."""

    status: int
    detail: str


REFUSALS: dict[Reason, Refusal] = {
    Reason.MISSING_KEY: Refusal(401, "the request holds no client key, or two that differ"),
    Reason.UNKNOWN_KEY: Refusal(403, "no project has this client key"),
    Reason.DISABLED_KEY: Refusal(403, "this client key is disabled"),
    Reason.PROJECT_MISMATCH: Refusal(403, "the client key belongs to another project"),
    Reason.FOREIGN_ORIGIN: Refusal(403, "the project takes nothing from pages of this origin"),
    Reason.BAD_ENCODING: Refusal(400, "the body is not of the encoding that Content-Encoding names, or is cut short"),
    Reason.BAD_ENVELOPE: Refusal(400, "the body is no envelope"),
    Reason.BAD_JSON: Refusal(400, "the event is no JSON"),
    Reason.NOT_AN_OBJECT: Refusal(400, "the body is not what its address takes"),
    Reason.NO_ITEMS: Refusal(400, "there is no event in the body"),
    Reason.TOO_DEEP: Refusal(400, "the event is nested too deeply"),
    Reason.TOO_LARGE: Refusal(413, "the request, or an item in it, is too large"),
    Reason.BAD_HTTP: Refusal(400, "the request is no HTTP, or its head is too large"),
    Reason.INCOMPLETE: Refusal(408, "the request did not come to its end"),
    Reason.INTERNAL_ERROR: Refusal(500, "internal error"),
    Reason.QUEUE_FULL: Refusal(429, "too much is waiting to be stored"),
    Reason.SPOOL_FULL: Refusal(429, "the queue is away and the disk spool is full"),
    Reason.SPOOL_TOO_OLD: Refusal(429, "the queue has been away for too long"),
    Reason.READERS_BEHIND: Refusal(429, "what came before has waited too long to be processed"),
    Reason.TOO_MANY_CONNECTIONS: Refusal(429, "too many connections"),
    Reason.RATE_LIMIT: Refusal(429, "more than the rate that is set for the project or the key"),
    Reason.QUOTA: Refusal(429, "the project's quota for today is used up"),
    Reason.SPIKE: Refusal(429, "far more than the project's usual rate"),
}

_FILTERED = frozenset({Reason.UNSUPPORTED_ITEM, Reason.UNWANTED_ITEM, Reason.SAMPLED})
_DISCARDED = frozenset({*DISCARDS.values(), Reason.OTHER_DISCARD})


def outcome_of(reason: Reason) -> OutcomeKind:
    """Give the outcome that an item not kept for this reason is counted as."""
    if reason in _FILTERED:
        return OutcomeKind.FILTERED
    if reason is Reason.SAME_EVENT_ID:
        return OutcomeKind.DUPLICATE
    if reason in _DISCARDED:
        return OutcomeKind.CLIENT_DISCARD
    return OutcomeKind.RATE_LIMITED if REFUSALS[reason].status == 429 else OutcomeKind.INVALID


@cache  # refusals come by the thousand a second
def _sentence(reason: Reason) -> bytes:
    return f"{reason}: {REFUSALS[reason].detail}".encode()


def headers_of(refused: Refused) -> list[Header]:
    """Give the headers of a refusal that clients of every kind may see."""
    headers = [(b"x-sentry-error", _sentence(refused.reason))]
    return headers + rate_limits(refused) if REFUSALS[refused.reason].status == 429 else headers


def rate_limits(refused: Refused) -> list[Header]:
    """Give the headers that make Sentry clients hold back what is refused; fit for a success too."""
    every = (refused, *refused.others)
    groups = (f"{one.seconds}:{';'.join(sorted(one.categories))}:{one.scope}:{one.reason}" for one in every)
    longest = max(one.seconds for one in every)
    return [(b"retry-after", b"%d" % longest), (b"x-sentry-rate-limits", ", ".join(groups).encode())]
