"""The console's entry point."""

import asyncio
import contextlib
import os
import socket
import sys

import uvicorn
import uvloop

from errata.config.loading import ConfigError, ConfigFolder
from errata.contracts.times import now
from errata.protocols.artifacts.bundle import Limits
from errata.runtime import logging
from errata.runtime.admin import QuietServer, serve_admin
from errata.runtime.config_follower import ConfigFollower
from errata.runtime.health import Health
from errata.runtime.settings import load
from errata.runtime.signals import first_of, stop_event, unless_stopped
from errata.stores.blobs import connection as blobs
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.chunks import ChunkStore
from errata.stores.blobs.uploads import Uploads
from errata.stores.clickhouse.client import Away, ClickHouse
from errata.stores.clickhouse.releases import Releases
from errata_console.app import build
from errata_console.call import Parts
from errata_console.cleaning import keep_clean
from errata_console.settings import ConsoleSettings

_CLICKHOUSE_RETRY_SECONDS = 1.0
# Uploads under way are given so long when the console stops; a client sends a cut one again.
_GRACE_SECONDS = 5

log = logging.get(__name__)


def main() -> None:
    """Run the console until it is asked to stop. Ends with 78 for a wrong setting, 70 for what must not happen."""
    settings = load(ConsoleSettings)
    logging.configure("console", settings.log_level, settings.log_format)
    try:
        config = ConfigFolder(settings.config)
        store = blobs.connect(settings.blobs)
    except (ConfigError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(os.EX_CONFIG) from None
    try:
        uvloop.run(_serve(settings, config, store))
    except Exception:  # whatever it is, a fresh start is the remedy
        log.exception("the console cannot go on")
        raise SystemExit(os.EX_SOFTWARE) from None


async def _serve(settings: ConsoleSettings, config: ConfigFolder, store: blobs.Blobs) -> None:
    stop = stop_event()
    limits = Limits(chunk=settings.chunk_bytes, file=settings.max_file_bytes)
    chunks, artifacts = ChunkStore(store, limits), ArtifactStore(store)
    health = Health("clickhouse", "listener")
    async with serve_admin(health, settings.host, settings.admin_port):
        clickhouse = await unless_stopped(stop, _connect(settings.clickhouse))
        if clickhouse is None:
            return
        health.present("clickhouse")
        parts = Parts(
            settings=settings,
            config=config,
            clickhouse=clickhouse,
            releases=Releases(clickhouse),
            chunks=chunks,
            artifacts=artifacts,
            uploads=Uploads(chunks, artifacts),
            clock=now,
            uploading=asyncio.Semaphore(settings.concurrent_uploads),
        )
        cleaning = asyncio.create_task(keep_clean(store, settings, now))
        await _listen(parts, health, stop)
        cleaning.cancel()
        await clickhouse.close()


async def _listen(parts: Parts, health: Health, stop: asyncio.Event) -> None:
    server = QuietServer(
        uvicorn.Config(
            build(parts),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    listener = socket.create_server((parts.settings.host, parts.settings.console_port))
    following = asyncio.create_task(ConfigFollower(parts.config, health).follow(parts.settings.config_interval))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    health.present("listener")
    log.info("listening", port=listener.getsockname()[1])
    await first_of(stop, serving, following)
    health.missing("listener")
    server.should_exit = True
    await serving
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following


async def _connect(address: str) -> ClickHouse:
    while True:
        try:
            return await ClickHouse.connect(address)
        except Away:
            log.warning("ClickHouse is away, waiting")
            await asyncio.sleep(_CLICKHOUSE_RETRY_SECONDS)
