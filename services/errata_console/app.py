"""The console's HTTP side: the table of routes behind one gate that knows tokens, errors and metrics."""

import time
from collections.abc import Awaitable, Callable, Mapping

from aiokafka.errors import KafkaError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from errata.protocols.artifacts.bundle import UploadRefused
from errata.runtime import logging
from errata.runtime.metrics import CONSOLE_REQUESTS, CONSOLE_SECONDS
from errata.stores.clickhouse.client import Away, Refused
from errata_console.answers import NOT_FOUND, ApiError, not_found, reply
from errata_console.authorization import authorize
from errata_console.call import Call, Parts
from errata_console.routes import ENDPOINTS, Endpoint

API = "/api/0"
# A body that was refused is read to its end, up to so much: a client that still sends does not listen.
_DISCARDED_BYTES = 64 * 1024 * 1024
_RETRY = {"Retry-After": "5"}

_log = logging.get(__name__)


def build(parts: Parts) -> ASGIApp:
    """Give the ASGI application."""
    routes = [Route(API + one.path, _gate(one, parts), methods=[one.method]) for one in ENDPOINTS]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _no_route})

    async def without_slash(scope: Scope, receive: Receive, send: Send) -> None:
        """Take paths with and without a trailing slash alike; a redirect would cost an upload."""
        if scope["type"] == "http" and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/")}
        await app(scope, Body(receive), send)

    return without_slash


class Body:
    """The receiving end of a request that knows whether all of it was received: asking once more waits for ever."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False

    async def __call__(self) -> Message:
        """Give the next message of the request."""
        message = await self._receive()
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Read on to the end, up to a limit."""
        size = 0
        while not self._ended and size < _DISCARDED_BYTES:
            size += len((await self()).get("body", b""))


def _gate(endpoint: Endpoint, parts: Parts) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        began = time.perf_counter()
        try:
            response = await endpoint.handler(_authorized(endpoint, parts, request))
        except ClientDisconnect:
            response = _error(400, "The request is not complete")
        except Exception as error:  # noqa: BLE001 - the last one to see it: the client needs an answer
            response = _refusal(error, endpoint)
            await _body_of(request).discard()
        CONSOLE_REQUESTS.labels(endpoint.path or "/", response.status_code).inc()
        CONSOLE_SECONDS.labels(endpoint.path or "/").observe(time.perf_counter() - began)
        return response

    return answer


def _authorized(endpoint: Endpoint, parts: Parts, request: Request) -> Call:
    organization = parts.config.current.organization
    token = authorize(request.headers.get("authorization", ""), organization.tokens, endpoint.scopes)
    if request.path_params.get("organization", organization.slug) not in {organization.slug, "1"}:
        raise not_found()
    return Call(request, parts, token)


def _refusal(error: Exception, endpoint: Endpoint) -> Response:
    if isinstance(error, ApiError):
        return _error(error.status, error.detail, error.headers)
    if isinstance(error, UploadRefused):
        return _error(400, str(error))
    if isinstance(error, Away):
        return _error(503, "ClickHouse does not answer", _RETRY)
    if isinstance(error, KafkaError):
        return _error(503, "Kafka does not answer", _RETRY)
    if isinstance(error, Refused):
        _log.error("a query was refused", route=endpoint.path, code=error.code, name=error.name)
    else:
        _log.error("a request failed", route=endpoint.path, exc_info=error)
    return _error(500, "Internal Error")


async def _no_route(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = _error(status, NOT_FOUND if status == 404 else "Method not allowed")
    CONSOLE_REQUESTS.labels("none", status).inc()
    return response


def _body_of(request: Request) -> Body:
    body = request.receive
    assert isinstance(body, Body)
    return body


def _error(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    return reply({"detail": detail}, status, headers)
