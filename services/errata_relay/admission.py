"""What a request must pass to be accepted, in order; README.md says why in this order.

Every item ends in exactly one place: in a pack, or counted as an outcome with its reason. A request that is refused
before its items are known counts as one.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple, ParamSpec, TypeVar

from errata.config.loading import ConfigFolder
from errata.contracts.categories import ATTACHMENT, ERROR
from errata.contracts.outcomes import Invalid, OutcomeKind, Reason
from errata.contracts.pack import ItemFormat
from errata.contracts.times import SECOND, Clock
from errata.protocols.admitted import Admitted, NotKept
from errata.protocols.sentry import auth
from errata.runtime import logging
from errata.runtime.metrics import RELAY_ITEMS, STAGE_AGE
from errata_relay.body import Body
from errata_relay.items import Kept, Provenance, sort_items, topic_of
from errata_relay.limits import Division, Limits
from errata_relay.outcomes import OutcomeCounts
from errata_relay.packer import Packer
from errata_relay.refusals import ClientGoneError, NoRoomError, Refused, outcome_of
from errata_relay.request import Request
from errata_relay.senders import NOBODY, Sender, Senders, check
from errata_relay.settings import RelaySettings
from errata_relay.tee import Tee
from errata_relay.wire_formats import WireFormat

# Ten times the mean event, and 1 to 2 ms of work at worst.
_LARGE_BYTES = 98_304
# On the wire, and inflated. SDKs sum up what they lost in a few lines of 60 bytes, two dozen at worst; an event of
# 3.6 KB has some 1,500 bytes when it is compressed, and is to be refused unread.
_REPORT_BYTES, _REPORT_BYTES_INFLATED = 1_024, 4_096

_log = logging.get(__name__)

_AGE = STAGE_AGE.labels("relay")
_ACCEPTED = {kind: RELAY_ITEMS.labels(kind) for kind in ItemFormat}


class Accepted(NamedTuple):
    """The end of a request of which something was kept, or nothing had to be."""

    event_id: str
    """Of the event in it; empty when there is none."""
    limited: Refused | None = None
    """Why a part of it was not kept, when that was for want of room."""


P = ParamSpec("P")
T = TypeVar("T")


class Admission:
    """Admits requests: checks them, and returns when what is kept of them is durable."""

    def __init__(
        self,
        settings: RelaySettings,
        config: ConfigFolder,
        *,
        limits: Limits,
        tee: Tee,
        packers: Mapping[str, Packer],
        outcomes: OutcomeCounts,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._senders = Senders(config)
        self._limits = limits
        self._tee = tee
        self._packers = packers
        self._outcomes = outcomes
        self._clock = clock

    async def admit(self, request: Request, body: Body, wire: WireFormat) -> Accepted:
        """Return when what the request brought is durable, or counted as not kept.

        Args:
            request: its head.
            body: to be read, or not.
            wire: what kind of request it is.

        Raises:
            Refused: nothing of it is kept, and that has been counted.
            ClientGoneError: it never came to its end, which has been counted too.

        """
        sender, credentials = NOBODY, auth.Credentials("")
        try:
            self._check_connection(request)
            presented = wire.keys(request)
            if presented or not (wire.key_in_body or wire.anonymous):
                credentials = auth.agreed(presented, request.project)
                sender = self._senders.of(credentials.key)
                check(sender, credentials, request.header(b"origin"))
            tee = sender.project.tee
            if tee:
                body.keep_wire()
            data = await self._read(request, body, wire, None if tee else self._used_up(sender, wire))
            if tee:  # before limits, which are on what comes here alone
                self._tee.offer(tee, credentials.key, request, body.wire)
            inside = await _aside(len(data), wire.key_in_body, data) if wire.key_in_body else None
            if inside or not (presented or wire.anonymous):
                credentials = auth.agreed([*presented, inside], request.project)
                sender = self._senders.of(credentials.key)
                check(sender, credentials, request.header(b"origin"))
            self._check_limits(sender, wire, data)
            admitted = await _aside(len(data), wire.admit, data, request, self._settings)
            body.hold(max(0, sum(len(item.payload) for item in admitted.items) - len(data)))  # OTLP's repeat a resource
        except (Invalid, NoRoomError) as refusal:
            self._count(sender, refusal.reason, wire.category)
            raise Refused(refusal.reason, seconds=self._settings.retry_after_seconds) from None
        except (Refused, ClientGoneError) as end:
            self._count(sender, end.reason, wire.category)
            raise
        except Exception:  # noqa: BLE001 - whatever it is, it is counted and has an answer
            raise self._our_fault(sender, wire.category) from None
        try:
            return await self._keep(request, sender, credentials, admitted)
        except Refused:
            raise
        except Exception:  # noqa: BLE001
            raise self._our_fault(sender, wire.category, sum(item.quantity for item in admitted.items)) from None

    def _check_connection(self, request: Request) -> None:
        if request.surplus:
            raise Invalid(Reason.TOO_MANY_CONNECTIONS)

    def _used_up(self, sender: Sender, wire: WireFormat) -> Refused | None:
        """Give the limit that is known to leave no room for any item of the request."""
        return self._limits.used_up(*sender, wire.category if wire.uniform else "")

    def _check_limits(self, sender: Sender, wire: WireFormat, data: bytes) -> None:
        """Raise `Refused` where a limit is used up, but for a report of losses, which takes nothing of it."""
        used_up = self._used_up(sender, wire)
        if used_up and not (wire.is_report and wire.is_report(data)):
            raise used_up

    async def _read(self, request: Request, body: Body, wire: WireFormat, used_up: Refused | None) -> bytes:
        """Give the body; where a limit is used up, only of what may be a report of losses.

        Raises:
            Refused: the limit is used up, and the body is larger than such a report.
            Invalid, NoRoomError, ClientGoneError: as for `Body.read`.

        """
        length = int(request.header(b"content-length") or 0)  # the HTTP parser has seen to it that it is a number
        encoding = request.header(b"content-encoding")
        if used_up is not None:
            if wire.is_report is None or length > _REPORT_BYTES:
                raise used_up
            try:
                return await body.read(encoding, _REPORT_BYTES_INFLATED)
            except Invalid:
                raise used_up from None
        if length > self._settings.max_request_bytes:
            raise Invalid(Reason.TOO_LARGE)
        most_bytes = self._settings.max_item_bytes if wire.one_item else self._settings.max_envelope_bytes
        return await body.read(encoding, most_bytes)

    async def _keep(
        self, request: Request, sender: Sender, credentials: auth.Credentials, admitted: Admitted
    ) -> Accepted:
        """Sort the items, hand on what is kept, and wait until it is durable."""
        source = Provenance(
            project=sender.project.id,
            key_id=sender.key.id,
            received_at=request.received_at,
            client_address=request.client_address,
            content_type=request.header(b"content-type"),
            sdk=credentials.client,
            user_agent=request.header(b"user-agent"),
            sent_at=credentials.timestamp,
        )
        sorting = sort_items(
            admitted,
            source,
            self._settings.max_item_bytes,
            sender.project.limits.sample_rate,
            keep_attachments=sender.project.attachments.keep,
        )
        for reason, category, quantity in sorting.not_kept:
            self._count(sender, reason, category, quantity)
        if not sorting.kept:
            for not_kept in sorting.not_kept:
                if _is_mistake(not_kept):
                    raise Refused(not_kept.reason)
            return Accepted(sorting.event_id)
        within, refused = await self._within_limits(sender, sorting.kept)
        refused += await self._hand_on(sender, within)
        _AGE.observe((self._clock() - request.received_at) / SECOND)
        if not refused:
            return Accepted(sorting.event_id)
        limited = _together(refused)
        if len(refused) == len(sorting.kept):
            raise limited
        return Accepted(sorting.event_id, limited)

    async def _within_limits(self, sender: Sender, items: list[Kept]) -> tuple[list[Kept], list[Refused]]:
        """Give the items that limits have room for, and for each of the others why not; those are counted."""
        division = _with_their_event(await self._limits.divide(sender.project, sender.key, items))
        for item, refusal in division.refused:
            self._count(sender, refusal.reason, item.category, item.quantity)
        return division.within, [refusal for _, refusal in division.refused]

    async def _hand_on(self, sender: Sender, kept: list[Kept]) -> list[Refused]:
        """Return when each item is durable or refused; give why, for each that is refused; those are counted."""
        under_way = [(one, self._packers[topic_of(one.item.meta.format)].put(one.item)) for one in kept]
        refused = []
        for one, delivered in under_way:
            reason = await delivered
            if reason is None:
                _ACCEPTED[one.item.meta.format].inc()
            else:
                refused.append(Refused(reason, frozenset({one.category}), seconds=self._settings.retry_after_seconds))
                self._count(sender, reason, one.category, one.quantity)
        return refused

    def _our_fault(self, sender: Sender, category: str, quantity: int = 1) -> Refused:
        """Log the exception that is being handled, count what it cost, and give what the client is told."""
        _log.exception("a request failed")
        self._count(sender, Reason.INTERNAL_ERROR, category, quantity)
        return Refused(Reason.INTERNAL_ERROR)

    def _count(self, sender: Sender, reason: Reason, category: str, quantity: int = 1) -> None:
        self._outcomes.count(
            outcome_of(reason), reason, category, project=sender.project.id, key_id=sender.key.id, quantity=quantity
        )


async def _aside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work on a body; in a thread when it is large, so that other requests get their turns meanwhile."""
    if size > _LARGE_BYTES:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)


def _with_their_event(division: Division) -> Division:
    """Refuse attachments, too, when the error beside them is refused."""
    refusal = next((refusal for kept, refusal in division.refused if kept.category == ERROR), None)
    if refusal is None or any(kept.category == ERROR for kept in division.within):
        return division
    attached = [(kept, refusal) for kept in division.within if kept.category == ATTACHMENT]
    return Division([kept for kept in division.within if kept.category != ATTACHMENT], division.refused + attached)


def _together(refused: list[Refused]) -> Refused:
    """Give one refusal that says all of these: those alike become one of all their categories."""
    categories: dict[tuple[Reason, int, str], frozenset[str]] = {}
    for one in refused:
        alike = one.reason, one.seconds, one.scope
        known = categories.get(alike)
        # A refusal without categories is one of them all.
        every = (known is not None and not known) or not one.categories
        categories[alike] = frozenset() if every else one.categories | (known or frozenset())
    first, *others = (
        Refused(reason, found, seconds=seconds, scope=scope) for (reason, seconds, scope), found in categories.items()
    )
    first.others = tuple(others)
    return first


def _is_mistake(not_kept: NotKept) -> bool:
    """Say whether the client should be told.

    Not of a report of losses: it would report the loss of that in turn. Nor of an envelope without items: nothing was.
    """
    silent = not_kept.category == "internal" or not_kept.reason is Reason.NO_ITEMS
    return outcome_of(not_kept.reason) is OutcomeKind.INVALID and not silent
