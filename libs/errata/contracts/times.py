"""Time as Errata writes it: whole microseconds since 1970, UTC."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], int]
"""Gives now in microseconds; handed to whatever needs the time, so that tests can set it."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    """Give the wall clock's time in microseconds."""
    return time.time_ns() // 1_000


def to_datetime(micros: int) -> datetime:
    """Give the moment as a datetime in UTC; exact, unlike `fromtimestamp` of a float."""
    return _EPOCH + timedelta(microseconds=micros)


def moment_of(text: str) -> datetime | None:
    """Give the moment that ISO 8601 names, in UTC where it names no zone; None for text that is no such thing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """Give an aware datetime as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
