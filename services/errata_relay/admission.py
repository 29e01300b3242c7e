"""What a request must pass to be accepted, in order; README.md says why in this order.

Every item ends in exactly one place: in a pack, or counted as an outcome with its reason. A request that is refused
before its items are known counts as one.
"""

import asyncio
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple, ParamSpec, TypeVar

from errata.config.loading import ConfigFolder
from errata.contracts.outcomes import Invalid, OutcomeKind, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.contracts.times import SECOND, Clock
from errata.contracts.topics import INGEST, INGEST_SESSIONS
from errata.protocols.sentry import auth, legacy_store
from errata.protocols.sentry.categories import DEFAULT, ERROR, category_of
from errata.protocols.sentry.envelope import Envelope, EnvelopeItem, parse_envelope
from errata.runtime.metrics import RELAY_ITEMS, STAGE_AGE
from errata_relay.body import Body
from errata_relay.outcomes import OutcomeCounts
from errata_relay.packer import Packer
from errata_relay.refusals import NoRoomError, Refused, outcome_of
from errata_relay.routes import Kind, Target
from errata_relay.settings import RelaySettings
from errata_relay.sorting import Provenance, sort_items

TOPICS: Mapping[ItemFormat, str] = MappingProxyType(
    {
        ItemFormat.SENTRY_EVENT: INGEST,
        ItemFormat.SENTRY_SESSION: INGEST_SESSIONS,
        ItemFormat.SENTRY_SESSIONS: INGEST_SESSIONS,
        ItemFormat.SENTRY_CHECK_IN: INGEST_SESSIONS,
    }
)
"""Where each kind of item goes: errors by themselves, so that a flood of the rest never delays them."""

# Ten times the mean event, and 1 to 2 ms of work at worst.
_LARGE_BYTES = 98_304

_AGE = STAGE_AGE.labels("relay")
_ACCEPTED = {kind: RELAY_ITEMS.labels(kind) for kind in ItemFormat}


class Request(NamedTuple):
    """What the relay looks at of an HTTP request, its body aside."""

    target: Target
    query: str
    headers: Mapping[bytes, bytes]
    """By lower-case name."""
    client_address: str
    received_at: int

    def header(self, name: bytes) -> str:
        """Give a header's value; empty when it is not there."""
        return self.headers.get(name, b"").decode("latin-1")


class Accepted(NamedTuple):
    """The end of a request of which something was kept, or nothing had to be."""

    event_id: str
    """Of the event in it; empty when there is none."""
    limited: Refused | None = None
    """Why a part of it was not kept, when that was for want of room."""


P = ParamSpec("P")
T = TypeVar("T")


class _Sender(NamedTuple):
    project: int
    key_id: str
    disabled: bool


_NOBODY = _Sender(0, "", disabled=False)


class Admission:
    """Admits requests: checks them, and returns when what is kept of them is durable."""

    def __init__(
        self,
        settings: RelaySettings,
        config: ConfigFolder,
        packers: Mapping[str, Packer],
        outcomes: OutcomeCounts,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._config = config
        self._packers = packers
        self._outcomes = outcomes
        self._clock = clock

    async def admit(self, request: Request, body: Body) -> Accepted:
        """Return when what the request brought is durable, or counted as not kept.

        Raises:
            Refused: nothing of it is kept, and that has been counted.
            ClientGoneError: it never came to its end.

        """
        sender = _NOBODY
        try:
            presented = _presented(request)
            if presented or request.target.kind is Kind.STORE:
                credentials = auth.agreed(presented, request.target.project)
                sender = self._sender(credentials)
                _check(sender, credentials)
            self._check_length(request)
            data = await body.read(request.header(b"content-encoding"))
            envelope = await _aside(len(data), self._open, request, data)
            if envelope.dsn or not presented:
                credentials = auth.agreed([*presented, auth.from_dsn(envelope.dsn)], request.target.project)
                sender = self._sender(credentials)
                _check(sender, credentials)
        except (Invalid, NoRoomError) as refusal:
            category = ERROR if request.target.kind is Kind.STORE else DEFAULT
            self._count(sender, outcome_of(refusal.reason), refusal.reason, category)
            raise Refused(refusal.reason) from None
        return await self._keep(request, sender, credentials, envelope, len(data))

    def _sender(self, credentials: auth.Credentials) -> _Sender:
        """Give whose key it is.

        A dictionary is safe for this: it compares hashes that are keyed anew in each process before any text. And the
        key of a DSN is no secret, it stands in web pages.
        """
        found = self._config.current.keys.get(credentials.key)
        if found is None:
            raise Invalid(Reason.UNKNOWN_KEY)
        project, key = found
        return _Sender(project.id, key.id, key.disabled)

    def _check_length(self, request: Request) -> None:
        length = request.header(b"content-length")  # the HTTP parser has seen to it that it is a number
        if length and int(length) > self._settings.max_request_bytes:
            raise Invalid(Reason.TOO_LARGE)

    def _open(self, request: Request, data: bytes) -> Envelope:
        """Give the envelope in a body; a `store` body is an envelope of one event."""
        if request.target.kind is not Kind.STORE:
            return parse_envelope(data, max_items=self._settings.max_items)
        event = legacy_store.event_of(data, limit=self._settings.max_item_bytes)
        return Envelope("", "", "", (EnvelopeItem("event", "", memoryview(event)),))

    async def _keep(
        self, request: Request, sender: _Sender, credentials: auth.Credentials, envelope: Envelope, size: int
    ) -> Accepted:
        """Sort the items, hand on what is kept, and wait until it is durable."""
        source = Provenance(
            project=sender.project,
            key_id=sender.key_id,
            received_at=request.received_at,
            client_address=request.client_address,
            sdk=credentials.client,
            user_agent=request.header(b"user-agent"),
            sent_at=envelope.sent_at or credentials.timestamp,
        )
        sorting = await _aside(size, sort_items, envelope, source, self._settings.max_item_bytes)
        for ending in sorting.ended:
            self._count(sender, *ending)
        if not envelope.items:
            self._count(sender, OutcomeKind.INVALID, Reason.NO_ITEMS, DEFAULT)
        if not sorting.kept:
            for ending in sorting.ended:
                if ending.outcome is OutcomeKind.INVALID:
                    raise Refused(ending.reason)
            return Accepted(sorting.event_id)
        refused = await self._hand_on(sender, sorting.kept)
        _AGE.observe((self._clock() - request.received_at) / SECOND)
        if not refused:
            return Accepted(sorting.event_id)
        limited = Refused(refused[0][1], frozenset(category for category, _ in refused))
        if len(refused) == len(sorting.kept):
            raise limited
        return Accepted(sorting.event_id, limited)

    async def _hand_on(self, sender: _Sender, kept: list[Item]) -> list[tuple[str, Reason]]:
        """Return when each item is durable or refused; give category and reason of those that are refused."""
        under_way = [(item, self._packers[TOPICS[item.meta.format]].put(item)) for item in kept]
        refused = []
        for item, delivered in under_way:
            reason = await delivered
            if reason is None:
                _ACCEPTED[item.meta.format].inc()
            else:
                category = category_of(item.meta.format.rpartition(".")[2])
                refused.append((category, reason))
                self._count(sender, outcome_of(reason), reason, category)
        return refused

    def _count(self, sender: _Sender, outcome: OutcomeKind, reason: Reason, category: str) -> None:
        self._outcomes.count(outcome, reason, category, project=sender.project, key_id=sender.key_id)


async def _aside(size: int, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work on a body; in a thread when it is large, so that other requests get their turns meanwhile."""
    if size > _LARGE_BYTES:
        return await asyncio.to_thread(work, *args, **kwargs)
    return work(*args, **kwargs)


def _presented(request: Request) -> list[auth.Credentials]:
    """Give what the places outside the body say of the sender; most clients use one.

    On its way to a tunnel a request may carry an Authorization that is somebody else's.
    """
    found: list[auth.Credentials | None] = []
    if request.target.kind is Kind.TUNNEL:
        return []
    if header := request.header(b"x-sentry-auth"):
        found.append(auth.from_header(header))
    if request.query:
        found.append(auth.from_query(request.query))
    if header := request.header(b"authorization"):
        found.append(auth.from_authorization(header))
    return [credentials for credentials in found if credentials is not None]


def _check(sender: _Sender, credentials: auth.Credentials) -> None:
    if sender.disabled:
        raise Invalid(Reason.DISABLED_KEY)
    if credentials.project and credentials.project != str(sender.project):
        raise Invalid(Reason.PROJECT_MISMATCH)
