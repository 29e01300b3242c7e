"""When things happened: every way of writing a time as seconds since 1970 UTC, with the client's clock corrected.

A client's clock may be hours off. It also wrote `sent_at` by that clock when it sent the request, and we know when that
arrived; a difference far above any network delay is the clock's error, and is taken off all its times.
"""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from errata.contracts.times import SECOND, moment_of
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Context, Event

LEAST_DRIFT = 55 * 60
"""Seconds; Sentry's. Less may be a slow network or an SDK that kept the event; clocks are off by zones, or not much."""

EARLIEST = 0.0
LATEST = 4_102_444_800.0
"""The year 2100: a time outside is no time."""

MILLISECONDS_FROM = 1e11
"""Numbers above are milliseconds (as seconds they would be the year 5138), above a thousand times that microseconds."""


def settle(event: Event, context: Context, notes: Notes) -> float:
    """Set `timestamp` and `received`, float seconds; give the drift to take off the event's other times."""
    received = context.received_at / SECOND
    drift = _drift(context.sent_at, received) if context.sent_at else 0.0
    seconds = parse(event.get("timestamp"))
    if seconds is None:
        if event.get("timestamp") is not None:
            notes.invalid((None, "timestamp"), event["timestamp"])
        # Without a time of its own it happened when it arrived, and that clock is ours.
        event["timestamp"] = received
    else:
        event["timestamp"] = seconds + drift
        if drift:
            notes.error("clock_drift", "timestamp", round(drift))
    event["received"] = received
    return drift


def keep_time(holder: Event, key: str, drift: float, place: Place, notes: Notes) -> None:
    """Make `holder[key]` float seconds, corrected by the drift; a wrong one is removed and noted."""
    value = holder.get(key)
    if not drift and value.__class__ is float and EARLIEST <= value <= LATEST:
        return
    seconds = parse(value)
    if seconds is not None:
        holder[key] = seconds + drift
        return
    if holder.pop(key, None) is not None:
        notes.invalid((place, key), value)


def parse(value: Any) -> float | None:
    """Give a time in seconds since 1970 UTC, None when it is none.

    Read are: seconds, milliseconds and microseconds as number or text; ISO 8601 with any number of fractional digits,
    with or without zone (none means UTC); the dates of mail and HTTP.
    """
    if value.__class__ is float or value.__class__ is int:
        return _of_number(value)
    if not isinstance(value, str) or not 4 <= len(value) <= 64:
        return None
    moment = moment_of(value)
    if moment is None:
        return _of_other_text(value.strip())
    try:
        return _within(moment.timestamp())
    except OverflowError:
        return None


def _of_number(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    if value >= MILLISECONDS_FROM:
        value /= 1e6 if value >= MILLISECONDS_FROM * 1000 else 1e3
    return _within(float(value))


def _of_other_text(text: str) -> float | None:
    try:
        return _of_number(float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _within((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _within(seconds: float) -> float | None:
    return seconds if EARLIEST <= seconds <= LATEST else None


def _drift(sent_at: str, received: float) -> float:
    sent = parse(sent_at)
    drift = received - sent if sent is not None else 0.0
    return drift if abs(drift) >= LEAST_DRIFT else 0.0
