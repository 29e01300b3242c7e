"""Sentry's release-health items: `session` (one session's state) and `sessions` (sums that a server made itself).

Updates of one session arrive in any order, and a crashed one may be a single item, so nothing here counts: each item
becomes updates, and whoever counts takes the worst status said of a session id.
"""

from hashlib import blake2b
from typing import Any

import msgspec

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.contracts.times import SECOND, moment_of, to_micros

STATUSES = frozenset({"ok", "exited", "errored", "crashed", "abnormal", "unhandled"})

# Sentry's SDKs send a sum a minute, so a day of a server that was offline; more is not a client's doing.
_MOST_SUMS = 1_440
_LONGEST_TEXT = 200
_MOST_OF_ONE = 4_294_967_295


class SessionUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What was said of one session, or of `quantity` sessions that began in the same minute and ended alike."""

    sid: str = ""
    """32 hex digits, or whatever the client has; empty for sums."""
    status: str
    started: int
    """Microseconds since 1970, UTC, by the client's clock."""
    errors: int = 0
    quantity: int = 1
    duration: float | None = None
    """Seconds."""
    user: str = ""
    """16 hex digits: a keyed hash of the client's `did`; empty when nobody is named."""
    release: str = ""
    environment: str = ""


def updates_of(item: Item, hash_key: bytes = b"") -> list[SessionUpdate]:
    """Give the session updates in an item, at least one; the same item gives the same ones in the same order.

    Raises:
        Invalid: the payload is no JSON object, names no session, or more sums than a client has reason to send.

    """
    tree = odd_json.load_object(item.payload)
    attributes = tree.get("attrs")
    attributes = attributes if isinstance(attributes, dict) else {}
    release, environment = _text(attributes.get("release")), _text(attributes.get("environment"))
    received_at = item.meta.received_at
    if item.meta.format is ItemFormat.SENTRY_SESSION:
        return [_session(tree, release, environment, received_at, hash_key)]
    updates: list[SessionUpdate] = []
    sums = tree.get("aggregates")
    sums = sums if isinstance(sums, list) else []
    if len(sums) > _MOST_SUMS:
        raise Invalid(Reason.TOO_LARGE)
    for entry in sums:
        if isinstance(entry, dict):
            updates += _sums(entry, release, environment, received_at, hash_key)
    if not updates:
        raise Invalid(Reason.NO_ITEMS)
    return updates


def _session(tree: dict[str, Any], release: str, environment: str, received_at: int, hash_key: bytes) -> SessionUpdate:
    sid = _text(tree.get("sid"))
    if not sid:
        raise Invalid(Reason.NO_ITEMS)
    status = _text(tree.get("status")) or "ok"
    duration = tree.get("duration")
    return SessionUpdate(
        sid=sid.replace("-", "").lower(),
        status=status if status in STATUSES else "ok",
        started=_time(tree.get("started"), received_at),
        errors=_count(tree.get("errors")),
        duration=float(duration) if isinstance(duration, int | float) and 0 <= duration < 1e9 else None,
        user=_user(tree.get("did"), hash_key),
        release=release,
        environment=environment,
    )


def _sums(
    entry: dict[str, Any], release: str, environment: str, received_at: int, hash_key: bytes
) -> list[SessionUpdate]:
    started, user = _time(entry.get("started"), received_at), _user(entry.get("did"), hash_key)
    return [
        SessionUpdate(
            status=status, started=started, quantity=quantity, user=user, release=release, environment=environment
        )
        for status in ("exited", "errored", "crashed", "abnormal", "unhandled")
        if (quantity := _count(entry.get(status)))
    ]


def _text(value: Any) -> str:
    return value.strip()[:_LONGEST_TEXT] if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return min(value, _MOST_OF_ONE) if isinstance(value, int) and value > 0 else 0


def _user(value: Any, hash_key: bytes) -> str:
    """Give a hash of who had the session: `did` is often an e-mail or an IP address."""
    if not isinstance(value, str | int) or value == "":
        return ""
    return blake2b(str(value).encode("utf-8", "surrogatepass"), key=hash_key[:64], digest_size=8).hexdigest()


def _time(value: Any, otherwise: int) -> int:
    """Give a client's time: ISO 8601, in UTC where it names no zone, or seconds since 1970."""
    if isinstance(value, int | float) and 0 < value < 1e11:
        return round(value * SECOND)
    moment = moment_of(value) if isinstance(value, str) else None
    return to_micros(moment) if moment else otherwise
