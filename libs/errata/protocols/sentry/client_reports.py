"""Client reports: what an SDK says it did not send, as outcomes, so that losses inside applications show too."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from errata.contracts.categories import CATEGORIES, DEFAULT
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols import loose_json
from errata.protocols.admitted import NotKept

REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "before_send": Reason.BEFORE_SEND,
        "event_processor": Reason.EVENT_PROCESSOR,
        "sample_rate": Reason.SAMPLE_RATE,
        "send_error": Reason.SEND_ERROR,
        "network_error": Reason.NETWORK_ERROR,
        "ratelimit_backoff": Reason.RATELIMIT_BACKOFF,
        "queue_overflow": Reason.QUEUE_OVERFLOW,
        "buffer_overflow": Reason.QUEUE_OVERFLOW,
        "cache_overflow": Reason.CACHE_OVERFLOW,
    }
)
"""SDKs' words, and what they are counted as; every other word is `other_discard`."""

# Sentry's SDKs sum up by reason and category: two dozen lines at most, of 60 bytes.
_MOST_LINES = 100
_MOST_BYTES = 65_536
# A week of a large installation in one report; more is a mistake, and one such number would hide all others.
_MOST_OF_ONE = 100_000_000


def discards_of(payload: bytes | memoryview) -> tuple[NotKept, ...]:
    """Give what a `client_report` item says was discarded; lines that say nothing readable are left out.

    Raises:
        Invalid: `TOO_LARGE`, `BAD_JSON`, `TOO_DEEP`, or `NOT_AN_OBJECT`.

    """
    if len(payload) > _MOST_BYTES:
        raise Invalid(Reason.TOO_LARGE)
    lines = loose_json.load_object(bytes(payload)).get("discarded_events")
    if not isinstance(lines, list):
        return ()
    return tuple(discard for line in lines[:_MOST_LINES] if (discard := _discard(line)) is not None)


def begins_with_report(envelope: bytes) -> bool:
    """Say whether the first item of an envelope is a report, as its header line has it; clients send one alone.

    The line is not parsed: what only looks like one is read for nothing, and no more.
    """
    begin = envelope.find(b"\n", 0, _MOST_BYTES) + 1
    return begin > 0 and envelope.find(b'"client_report"', begin, _end_of_line(envelope, begin)) >= 0


def _end_of_line(envelope: bytes, begin: int) -> int:
    end = envelope.find(b"\n", begin, begin + _MOST_BYTES)
    return end if end >= 0 else begin + _MOST_BYTES


def _discard(line: Any) -> NotKept | None:
    if not isinstance(line, dict):
        return None
    quantity = line.get("quantity")
    if not isinstance(quantity, int | float) or not 1 <= quantity <= _MOST_OF_ONE:
        return None
    reason, category = line.get("reason"), line.get("category")
    return NotKept(
        REASONS.get(reason, Reason.OTHER_DISCARD) if isinstance(reason, str) else Reason.OTHER_DISCARD,
        category if isinstance(category, str) and category in CATEGORIES else DEFAULT,
        int(quantity),
    )
