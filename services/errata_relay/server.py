"""The HTTP server: uvicorn as the settings bound it."""

import uvicorn

from errata.runtime.admin import QuietServer
from errata_relay.app import RelayApp
from errata_relay.http_protocol import BoundedHttpProtocol
from errata_relay.outcomes import OutcomeCounts
from errata_relay.settings import RelaySettings

# Requests under way end within the bounds of delivery; a body that trickles in is not waited for longer than this.
_GRACE_SECONDS = 5


def server(app: RelayApp, settings: RelaySettings, counts: OutcomeCounts) -> QuietServer:
    """Give a server that is not started yet; what is no HTTP goes into the counts."""

    class Protocol(BoundedHttpProtocol):
        max_head_bytes = settings.max_head_bytes
        body_seconds = settings.body_timeout_seconds
        max_connections = settings.max_connections
        outcomes = counts

    config = uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # see origins.py
        server_header=False,
        date_header=False,
        timeout_keep_alive=settings.head_timeout_seconds,  # type: ignore[arg-type] # seconds of any kind
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return QuietServer(config)
