"""What a request must pass to be accepted, in order; README.md says why in this order.

Every item ends in exactly one place: in a pack, or counted as an outcome with its reason. A request that is refused
before its items are known counts as one.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple, ParamSpec, TypeVar

from errata.config.loading import ConfigFolder
from errata.config.model import ClientKey, Project
from errata.contracts.outcomes import Invalid, OutcomeKind, Reason
from errata.contracts.pack import ItemFormat
from errata.contracts.times import SECOND, Clock
from errata.protocols.admitted import Admitted, NotKept
from errata.protocols.sentry import auth
from errata.runtime import logging
from errata.runtime.metrics import RELAY_ITEMS, STAGE_AGE
from errata_relay.body import Body
from errata_relay.items import Kept, Provenance, sort_items, topic_of
from errata_relay.limits import Limits
from errata_relay.origins import is_allowed
from errata_relay.outcomes import OutcomeCounts
from errata_relay.packer import Packer
from errata_relay.refusals import ClientGoneError, NoRoomError, Refused, outcome_of
from errata_relay.request import Request
from errata_relay.settings import RelaySettings
from errata_relay.tee import Tee

# Ten times the mean event, and 1 to 2 ms of work at worst.
_LARGE_BYTES = 98_304

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


class _Sender(NamedTuple):
    project: Project
    key: ClientKey


_NOBODY = _Sender(Project(id=0, slug="", keys=()), ClientKey(id="", public=""))


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
        self._config = config
        self._limits = limits
        self._tee = tee
        self._packers = packers
        self._outcomes = outcomes
        self._clock = clock

    async def admit(self, request: Request, body: Body) -> Accepted:
        """Return when what the request brought is durable, or counted as not kept.

        Raises:
            Refused: nothing of it is kept, and that has been counted.
            ClientGoneError: it never came to its end, which has been counted too.

        """
        wire = request.target.format
        sender, credentials = _NOBODY, auth.Credentials("")
        try:
            self._check_connection(request)
            presented = wire.keys(request)
            if presented or not (wire.key_in_body or wire.anonymous):
                credentials = auth.agreed(presented, request.target.project)
                sender = self._sender(credentials)
                self._check(sender, credentials, request)
            tee = sender.project.tee
            if tee:
                body.keep_wire()
            else:
                self._check_limits(sender, request)
            self._check_length(request)
            most_bytes = self._settings.max_item_bytes if wire.one_item else self._settings.max_envelope_bytes
            data = await body.read(request.header(b"content-encoding"), most_bytes)
            if tee:  # before limits, which are on what comes here alone
                self._tee.offer(tee, credentials.key, request, body.wire)
                self._check_limits(sender, request)
            inside = await _aside(len(data), wire.key_in_body, data) if wire.key_in_body else None
            if inside or not (presented or wire.anonymous):
                credentials = auth.agreed([*presented, inside], request.target.project)
                sender = self._sender(credentials)
                self._check(sender, credentials, request)
                self._check_limits(sender, request)
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

    def _sender(self, credentials: auth.Credentials) -> _Sender:
        """Give whose key it is.

        A dictionary is safe for this: it compares hashes that are keyed anew in each process before any text. And the
        key of a DSN is no secret, it stands in web pages.
        """
        found = self._config.current.keys.get(credentials.key)
        if found is None:
            raise Invalid(Reason.UNKNOWN_KEY)
        return _Sender(*found)

    def _check(self, sender: _Sender, credentials: auth.Credentials, request: Request) -> None:
        """See whether the sender may send: raises `Invalid`."""
        project, key = sender
        if key.disabled:
            raise Invalid(Reason.DISABLED_KEY)
        if credentials.project and credentials.project != str(project.id):
            raise Invalid(Reason.PROJECT_MISMATCH)
        origin, allowed = request.header(b"origin"), project.limits.origins
        if origin and allowed and not is_allowed(origin, allowed):
            raise Invalid(Reason.FOREIGN_ORIGIN)

    def _check_limits(self, sender: _Sender, request: Request) -> None:
        """Raise `Refused` for a limit that is known to be used up."""
        wire = request.target.format
        if refused := self._limits.used_up(*sender, wire.category if wire.uniform else ""):
            raise refused

    def _check_length(self, request: Request) -> None:
        length = request.header(b"content-length")  # the HTTP parser has seen to it that it is a number
        if length and int(length) > self._settings.max_request_bytes:
            raise Invalid(Reason.TOO_LARGE)

    async def _keep(
        self, request: Request, sender: _Sender, credentials: auth.Credentials, admitted: Admitted
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
        sorting = sort_items(admitted, source, self._settings.max_item_bytes, sender.project.limits.sample_rate)
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

    async def _within_limits(self, sender: _Sender, items: list[Kept]) -> tuple[list[Kept], list[Refused]]:
        """Give the items that limits have room for, and for each of the others why not; those are counted."""
        within, refused = await self._limits.divide(sender.project, sender.key, items)
        for item, refusal in refused:
            self._count(sender, refusal.reason, item.category, item.quantity)
        return within, [refusal for _, refusal in refused]

    async def _hand_on(self, sender: _Sender, kept: list[Kept]) -> list[Refused]:
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

    def _our_fault(self, sender: _Sender, category: str, quantity: int = 1) -> Refused:
        """Log the exception that is being handled, count what it cost, and give what the client is told."""
        _log.exception("a request failed")
        self._count(sender, Reason.INTERNAL_ERROR, category, quantity)
        return Refused(Reason.INTERNAL_ERROR)

    def _count(self, sender: _Sender, reason: Reason, category: str, quantity: int = 1) -> None:
        self._outcomes.count(
            outcome_of(reason), reason, category, project=sender.project.id, key_id=sender.key.id, quantity=quantity
        )


async def _aside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work on a body; in a thread when it is large, so that other requests get their turns meanwhile."""
    if size > _LARGE_BYTES:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)


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
