"""The watched side of a service: /metrics, /health/live and /health/ready on a port of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from errata.runtime.health import Health


def admin_routes(health: Health) -> list[Route]:
    """Give the three routes, for a service that has an HTTP listener already."""

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def live(_request: Request) -> Response:
        return JSONResponse({"live": True})

    async def ready(_request: Request) -> Response:
        lacks = health.lacks()
        state = {"ready": not lacks, "missing": lacks}
        if impaired := health.impairments():
            state["impaired"] = impaired
        return JSONResponse(state, status_code=503 if lacks else 200)

    return [
        Route("/metrics", metrics),
        Route("/health/live", live),
        Route("/health/ready", ready),
    ]


class QuietServer(uvicorn.Server):
    """A uvicorn server that leaves signals to the service around it."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def] # noqa: ANN201 - uvicorn's own signature
        """Do nothing: the service stops the server by `should_exit`."""
        yield


@contextlib.asynccontextmanager
async def serve_admin(health: Health, host: str, port: int) -> AsyncIterator[None]:
    """Serve the three routes while the context is open.

    Raises:
        OSError: the port is taken.

    """
    config = uvicorn.Config(
        Starlette(routes=admin_routes(health)), host=host, port=port, log_config=None, access_log=False, lifespan="off"
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            raise OSError(f"cannot listen on {host}:{port}")
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task
