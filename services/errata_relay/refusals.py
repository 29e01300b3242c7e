"""Why the relay says no, and how: each reason with its status and a sentence for whoever reads the client's log."""

from typing import NamedTuple

from errata.contracts.outcomes import OutcomeKind, Reason


class Refused(Exception):  # noqa: N818 - an answer, not an error of ours
    """Ends a request with nothing accepted; what became of its items has been counted."""

    def __init__(self, reason: Reason, categories: frozenset[str] = frozenset()) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.categories = categories
        """For rate limits: what the client should hold back."""


class NoRoomError(Exception):
    """All bodies together take as much memory as they may."""

    reason = Reason.QUEUE_FULL


class ClientGoneError(Exception):
    """The client went away, or was sent away for its slowness, before its request was whole: nothing to count."""


class Refusal(NamedTuple):
    """How one reason is answered."""

    status: int
    detail: str


REFUSALS: dict[Reason, Refusal] = {
    Reason.MISSING_KEY: Refusal(401, "the request holds no client key, or two that differ"),
    Reason.UNKNOWN_KEY: Refusal(403, "no project has this client key"),
    Reason.DISABLED_KEY: Refusal(403, "this client key is disabled"),
    Reason.PROJECT_MISMATCH: Refusal(403, "the client key belongs to another project"),
    Reason.BAD_ENCODING: Refusal(400, "the body is not of the encoding that Content-Encoding names, or is cut short"),
    Reason.BAD_ENVELOPE: Refusal(400, "the body is no envelope"),
    Reason.BAD_JSON: Refusal(400, "the event is no JSON"),
    Reason.TOO_DEEP: Refusal(400, "the event is nested too deeply"),
    Reason.TOO_LARGE: Refusal(413, "the request, or an item in it, is too large"),
    Reason.QUEUE_FULL: Refusal(429, "too much is waiting to be stored"),
    Reason.SPOOL_FULL: Refusal(429, "the queue is away and the disk spool is full"),
}


def outcome_of(reason: Reason) -> OutcomeKind:
    """Give the outcome that a refusal with this reason is counted as."""
    return OutcomeKind.RATE_LIMITED if REFUSALS[reason].status == 429 else OutcomeKind.INVALID


def rate_limits(reason: Reason, categories: frozenset[str], seconds: int) -> list[tuple[bytes, bytes]]:
    """Give the headers that make Sentry clients hold back these categories; all of them when there is none."""
    limit = f"{seconds}:{';'.join(sorted(categories))}:organization:{reason}"
    return [(b"retry-after", b"%d" % seconds), (b"x-sentry-rate-limits", limit.encode())]
