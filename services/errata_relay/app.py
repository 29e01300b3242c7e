"""The relay's HTTP side: routes, answers, and CORS on every one of them.

A bare ASGI application: the one hot route needs no router and no request object. Metrics and health are Starlette's.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.types import ASGIApp

from errata.contracts.times import Clock
from errata.runtime import logging
from errata.runtime.metrics import RELAY_REQUESTS
from errata_relay.admission import Admission
from errata_relay.answers import Answer
from errata_relay.body import Body, Receive, Room
from errata_relay.cors import CORS, preflight_headers
from errata_relay.http_protocol import SURPLUS
from errata_relay.origins import client_address
from errata_relay.refusals import ClientGoneError, Refused, rate_limits
from errata_relay.request import Request, headers_by_name
from errata_relay.routes import Target, target_of
from errata_relay.settings import RelaySettings

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

ADMIN_PATHS = frozenset({"/metrics", "/health/live", "/health/ready"})

_log = logging.get(__name__)


_NOT_FOUND = Answer(404, b'{"detail":"nothing here; clients send by POST"}')
_OUR_FAULT = Answer(500, b'{"detail":"internal error"}', ((b"x-sentry-error", b"internal error"),))


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
        method, path = scope["method"], scope["path"]
        answer: Answer | None
        if method == "OPTIONS":
            answer = Answer(200, b"", preflight_headers(dict(scope["headers"])))
        elif method in ("GET", "HEAD") and path in ADMIN_PATHS:
            await self._admin(scope, receive, send)
            return
        else:
            headers = headers_by_name(scope["headers"])
            target = target_of(method, path, headers)
            answer = _NOT_FOUND if target is None else await self._take(target, headers, scope, receive)
        if answer is not None:
            await _say(answer, send)

    async def _take(
        self, target: Target, headers: dict[bytes, bytes], scope: MutableMapping[str, Any], receive: Receive
    ) -> Answer | None:
        """Admit what a client sends; give its answer, or None when it is gone."""
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=scope["query_string"].decode("latin-1"),
            headers=headers,
            client_address=self._client_address(scope, headers),
            received_at=self._clock(),  # of the whole head, which is one packet: nothing tells of its first byte
            project=target.project,
            key=target.key,
            name=target.name,
            surplus=SURPLUS in scope,
        )
        body = Body(receive, self._room, self._settings)
        try:
            accepted = await self._admission.admit(request, body, target.format)
            answer = target.format.answers.accept(accepted.event_id, request)
            if accepted.limited is None:
                return answer
            return answer._replace(headers=(*answer.headers, *rate_limits(accepted.limited)))
        except Refused as refused:
            await body.discard()
            answer = target.format.answers.refuse(refused, request)
            if body.whole and not request.surplus:
                return answer
            return answer._replace(headers=(*answer.headers, (b"connection", b"close")))
        except ClientGoneError:
            RELAY_REQUESTS.labels(499).inc()
            return None
        except Exception:  # noqa: BLE001 - the last one to see it: the client needs an answer, with CORS
            _log.exception("a request failed")
            return _OUR_FAULT
        finally:
            body.release()

    def _client_address(self, scope: MutableMapping[str, Any], headers: dict[bytes, bytes]) -> str:
        peer: str = scope["client"][0] if scope["client"] else ""
        trusted = self._settings.trusted_proxies
        if not trusted:
            return peer
        return client_address(peer, headers.get(b"x-forwarded-for", b"").decode("latin-1"), trusted)


async def _say(answer: Answer, send: Send) -> None:
    RELAY_REQUESTS.labels(answer.status).inc()
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", b"%d" % len(answer.body)),
        *CORS,
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
