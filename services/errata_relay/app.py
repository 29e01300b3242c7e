"""The relay's HTTP side: routes, answers, and CORS on every one of them.

A bare ASGI application: the one hot route needs no router and no request object. Metrics and health are Starlette's.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

import msgspec
from starlette.types import ASGIApp

from errata.contracts.times import Clock
from errata.runtime import logging
from errata.runtime.metrics import RELAY_REQUESTS
from errata_relay.admission import Admission, Request
from errata_relay.body import Body, Receive, Room
from errata_relay.refusals import REFUSALS, ClientGoneError, Refused, rate_limits
from errata_relay.routes import target_of
from errata_relay.settings import RelaySettings

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

ADMIN_PATHS = frozenset({"/metrics", "/health/live", "/health/ready"})

# Browsers hide what is not exposed: without it a rate limit on a success is not seen, and three events come for one.
_CORS: list[Header] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"x-sentry-error, x-sentry-rate-limits, retry-after"),
]
# What clients may ask for besides; a preflight's own wishes are echoed.
_ALLOWED_HEADERS = (
    b"x-sentry-auth, x-requested-with, x-forwarded-for, origin, accept, content-type, content-encoding, authorization, "
    b"authentication, transfer-encoding, sentry-trace, baggage"
)
_PREFLIGHT: list[Header] = [
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (b"access-control-max-age", b"3600"),
]

_log = logging.get(__name__)


class Answer(NamedTuple):
    """What a client is told."""

    status: int
    body: bytes
    headers: tuple[Header, ...] | list[Header] = ()


_NOTHING_TO_SAY = Answer(200, b"{}")
_NOT_FOUND = Answer(404, b'{"detail":"nothing here; clients send by POST"}')
_OUR_FAULT = Answer(500, b'{"detail":"internal error"}', [(b"x-sentry-error", b"internal error")])


class RelayApp:
    """The ASGI application."""

    def __init__(self, settings: RelaySettings, admission: Admission, admin: ASGIApp, clock: Clock) -> None:
        self._settings = settings
        self._admission = admission
        self._admin = admin
        self._clock = clock
        self._room = Room(settings.max_buffered_bytes)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = scope["method"]
        if method == "POST":
            answer = await self._post(scope, receive)
        elif method == "OPTIONS":
            answer = _preflight(dict(scope["headers"]))
        elif method in ("GET", "HEAD") and scope["path"] in ADMIN_PATHS:
            await self._admin(scope, receive, send)
            return
        else:
            answer = _NOT_FOUND
        if answer is not None:
            await _say(answer, send)

    async def _post(self, scope: MutableMapping[str, Any], receive: Receive) -> Answer | None:
        request = Request(
            target=target_of(scope["path"]),
            query=scope["query_string"].decode("latin-1"),
            headers=dict(scope["headers"]),
            client_address=scope["client"][0] if scope["client"] else "",
            received_at=self._clock(),  # of the whole head, which is one packet: nothing tells of its first byte
        )
        body = Body(receive, self._room, self._settings)
        try:
            accepted = await self._admission.admit(request, body)
            if accepted.limited is None and not accepted.event_id:
                return _NOTHING_TO_SAY
            answer = Answer(200, b'{"id":"%s"}' % accepted.event_id.encode() if accepted.event_id else b"{}")
            return answer._replace(headers=self._limits(accepted.limited)) if accepted.limited else answer
        except Refused as refused:
            await body.discard()
            return self._refusal(refused, close=not body.whole)
        except ClientGoneError:
            RELAY_REQUESTS.labels(499).inc()
            return None
        except Exception:  # noqa: BLE001 - the last one to see it: the client needs an answer, with CORS
            _log.exception("a request failed")
            return _OUR_FAULT
        finally:
            body.release()

    def _limits(self, refused: Refused) -> list[Header]:
        return rate_limits(refused.reason, refused.categories, self._settings.retry_after_seconds)

    def _refusal(self, refused: Refused, *, close: bool) -> Answer:
        status, detail = REFUSALS[refused.reason]
        headers = [(b"x-sentry-error", f"{refused.reason}: {detail}".encode())]
        if status == 429:
            headers += self._limits(refused)
        if close:
            headers.append((b"connection", b"close"))
        return Answer(status, msgspec.json.encode({"detail": detail, "reason": refused.reason}), headers)


def _preflight(headers: dict[bytes, bytes]) -> Answer:
    allowed = _ALLOWED_HEADERS
    if asked := headers.get(b"access-control-request-headers"):
        allowed = b", ".join((asked, allowed))
    return Answer(200, b"", [*_PREFLIGHT, (b"access-control-allow-headers", allowed)])


async def _say(answer: Answer, send: Send) -> None:
    RELAY_REQUESTS.labels(answer.status).inc()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(answer.body)),
        *_CORS,
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
