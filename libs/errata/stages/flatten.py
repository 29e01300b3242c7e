"""From a finished event to the message on `events`: the flat part that others read, and the whole event as payload.

Every flat string is bounded: columns, Redis keys and alerts carry them. The payload holds what is longer.
"""

from typing import Any

import msgspec

from errata.contracts import odd_json
from errata.contracts.messages import Level, ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.times import DAY, MINUTE, SECOND
from errata.stages.describe import describe
from errata.stages.event_parts import exceptions, message, text
from errata.stages.stage import ANNOTATIONS, Context, Event

SHORT = 200
"""Characters of names: release, environment, transaction, tag values. Sentry's limit for most of them."""
LONG = 1024
"""Characters of prose: message and exception values."""
MAX_EXCEPTIONS = 50
MAX_TAGS = 100
MAX_FINGERPRINT = 50
_LEVELS = {level.value: level for level in Level}

OLDEST = 30 * DAY
NEWEST = MINUTE
"""How far the event time may lie from the receive time; clamped, so that one client cannot write to every partition
of the table. The payload keeps what the client said."""


def flatten(
    event: Event, context: Context, *, project_id: int, key_id: str, origin: Origin, config_hash: str
) -> ProcessedEvent:
    """Give the message for an event that has passed the chain; the event gets its title and culprit here."""
    describe(event)
    annotations = event.pop(ANNOTATIONS, None) or {}
    grouping = annotations.get("grouping") or {}
    # A message that browsers send with a stack comes as an exception too, one without a type.
    chain = exceptions(event)[-MAX_EXCEPTIONS:] if event["type"] == "error" else []
    trace = (event.get("contexts") or {}).get("trace") or {}
    sdk = event.get("sdk") or {}
    return ProcessedEvent(
        project=project_id,
        event_id=context.event_id,
        group_hash=grouping.get("hash", ""),
        fingerprint=tuple(_short(part) for part in grouping.get("fingerprint", ())[:MAX_FINGERPRINT]),
        grouping_version=grouping.get("version", ""),
        origin=origin,
        received_at=context.received_at,
        timestamp=_micros(event.get("timestamp"), context.received_at),
        level=_LEVELS.get(event.get("level", ""), Level.ERROR),
        platform=_short(event.get("platform")) or "other",
        title=_long(event.get("title")),
        culprit=_short(event.get("culprit")),
        environment=_short(event.get("environment")),
        release=_short(event.get("release")),
        dist=_short(event.get("dist")),
        transaction=_short(event.get("transaction")),
        logger=_short(event.get("logger")),
        server_name=_short(event.get("server_name")),
        message=_long(message(event)),
        exception_types=tuple(_short(exception.get("type")) for exception in chain),
        exception_values=tuple(_long(exception.get("value")) for exception in chain),
        handled=_handled(chain),
        tags=_tags(event),
        user=annotations.get("user", ""),
        trace_id=_short(trace.get("trace_id")),
        span_id=_short(trace.get("span_id")),
        sdk_name=_short(sdk.get("name")),
        sdk_version=_short(sdk.get("version")),
        key_id=key_id,
        config_hash=config_hash,
        redactions=annotations.get("redactions", {}),
        payload=msgspec.Raw(odd_json.dumps(event)),
    )


def _short(value: Any) -> str:
    return text(value)[:SHORT]


def _long(value: Any) -> str:
    return text(value)[:LONG]


def _handled(chain: list[Event]) -> bool | None:
    """Give False when any exception went unhandled, None when no mechanism says."""
    said = [handled for e in chain if (handled := (e.get("mechanism") or {}).get("handled")) is not None]
    return all(said) if said else None


def _tags(event: Event) -> dict[str, str]:
    pairs = event.get("tags")
    if not isinstance(pairs, list):
        return {}
    return {_short(pair[0]): _short(pair[1]) for pair in pairs[:MAX_TAGS] if isinstance(pair, list) and len(pair) == 2}


def _micros(timestamp: Any, received_at: int) -> int:
    """Give the canonical timestamp, float seconds, in microseconds, near the receive time."""
    if not isinstance(timestamp, int | float):
        return received_at
    return max(received_at - OLDEST, min(round(timestamp * SECOND), received_at + NEWEST))
