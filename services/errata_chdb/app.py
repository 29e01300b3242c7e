"""The routes: `/` for queries, `/ping` and `/replicas_status` for whoever asks whether ClickHouse is there."""

import asyncio
import hmac
import uuid
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from errata.runtime.admin import admin_routes
from errata.runtime.health import Health
from errata.runtime.metrics import CHDB_QUERIES
from errata_chdb.encodings import too_large
from errata_chdb.engine import Engine
from errata_chdb.errors import AUTHENTICATION_FAILED, ClickHouseError, refusal
from errata_chdb.queries import Answer, Runner
from errata_chdb.requests import Query, parse
from errata_chdb.settings import ChdbSettings
from errata_chdb.statements import is_kill

_READ_ONLY_METHODS = frozenset({"GET", "HEAD"})


class Front:
    """ClickHouse's HTTP interface over one engine."""

    def __init__(self, engine: Engine, settings: ChdbSettings) -> None:
        self._engine = engine
        self._settings = settings
        self._runner = Runner(engine)
        self._threads = ThreadPoolExecutor(settings.chdb_queries, "query")
        self._kills = ThreadPoolExecutor(1, "kill")

    def app(self, health: Health) -> Starlette:
        """Give the ASGI application."""
        methods = ["GET", "HEAD", "POST"]
        return Starlette(
            routes=[
                Route("/", self.query, methods=methods),
                Route("/query", self.query, methods=methods),
                Route("/ping", self.ping),
                Route("/replicas_status", self.ping),
                *admin_routes(health),
            ]
        )

    async def ping(self, _request: Request) -> Response:
        """Answer from the event loop, so that it works while every thread is busy."""
        return PlainTextResponse("Ok.\n")

    async def query(self, request: Request) -> Response:
        """Run the query in a request."""
        query_id = str(uuid.uuid4())
        try:
            query = parse(
                read_only=request.method in _READ_ONLY_METHODS,
                arguments=request.scope["query_string"].decode("latin-1"),
                headers=request.headers,
                body=await self._body(request),
                known_settings=self._engine.known_settings,
                new_id=query_id,
                max_body=self._settings.chdb_max_body,
            )
            self._authenticate(query)
            query_id = query.query_id
            answer = Answer(200, {}, b"Ok.\n")
            if query.sql.strip():
                threads = self._kills if is_kill(query.sql) else self._threads
                answer = await asyncio.get_running_loop().run_in_executor(threads, self._runner.run, query)
        except ClickHouseError as error:
            text = f"{error.text} (version {self._engine.version})\n"
            answer = Answer(error.status, {"X-ClickHouse-Exception-Code": str(error.code)}, text.encode())
        except ClientDisconnect:
            return Response(status_code=400)
        CHDB_QUERIES.labels(answer.status).inc()
        headers = {
            "Content-Type": "text/plain; charset=UTF-8",
            "X-ClickHouse-Query-Id": query_id.encode("ascii", "replace").decode(),
            "X-ClickHouse-Server-Display-Name": "chdb",
            "X-ClickHouse-Timezone": self._engine.timezone,
        }
        return Response(answer.body, answer.status, headers | answer.headers)

    def close(self) -> None:
        """Wait for running queries, then end sessions."""
        self._threads.shutdown()
        self._kills.shutdown()
        self._runner.close()

    async def _body(self, request: Request) -> bytes:
        limit = self._settings.chdb_max_body
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            chunks.append(chunk)
            size += len(chunk)
            if size > limit:
                raise too_large(limit)
        return b"".join(chunks)

    def _authenticate(self, query: Query) -> None:
        user = self._settings.chdb_user
        if not user:
            return
        same_user = hmac.compare_digest(query.user.encode(), user.encode())
        same_password = hmac.compare_digest(query.password.encode(), self._settings.chdb_password.encode())
        if not (same_user and same_password):
            text = "Authentication failed: password is incorrect, or there is no user with such name"
            raise refusal(AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED", text)
