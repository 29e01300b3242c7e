"""Drops errors in answering health checks, by the transaction's name: a route such as `GET /healthz`, or a function."""

from functools import lru_cache

import re2

from errata.config.filters import FilterSettings
from errata.stages.filter.checks import REMEMBERED, Check
from errata.stages.stage import Context, Event

# Routes by their last segment, as Kubernetes, load balancers, Rails and Spring have them; functions by a whole word.
_HEALTH_CHECK = re2.compile(
    r"(?i).*/(?:_?healthz?|healthy|_?health[-_]?checks?|heartbeat|live|livez|liveness|alive|"
    r"ready|readyz|readiness|ping|up)(?:\.[a-z]{1,5})?/?$"
    r"|(?:^|.*[^a-z0-9])_?(?:health[-_]?checks?|heartbeat)(?:[^a-z0-9]|$)"
)


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `health_checks`."""
    return _check if settings.health_checks else None


def _check(event: Event, _context: Context) -> bool:
    transaction = event.get("transaction")
    return isinstance(transaction, str) and _is_health_check(transaction)


@lru_cache(REMEMBERED)
def _is_health_check(transaction: str) -> bool:
    return _HEALTH_CHECK.match(transaction) is not None
