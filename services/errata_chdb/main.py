"""The ClickHouse front as a process: `python -m errata_chdb`, all settings from `ERRATA_*`."""

import asyncio
import os
import socket

import uvicorn
import uvloop

from errata.runtime import logging
from errata.runtime.admin import QuietServer, serve_admin
from errata.runtime.health import Health
from errata.runtime.settings import load
from errata.runtime.signals import first_of, stop_event
from errata_chdb.app import Front
from errata_chdb.engine import Engine
from errata_chdb.errors import ClickHouseError
from errata_chdb.settings import ChdbSettings

log = logging.get(__name__)


async def serve(settings: ChdbSettings) -> None:
    """Serve until the process is asked to stop."""
    health = Health("engine")
    stop = stop_event()
    async with serve_admin(health, settings.host, settings.admin_port):
        listener = socket.create_server((settings.host, settings.chdb_port), backlog=1_024)
        engine = Engine(settings)
        front = Front(engine, settings)
        config = uvicorn.Config(
            front.app(health),
            http="httptools",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_keep_alive=60,
        )
        server = QuietServer(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        health.present("engine")
        log.info("serving", port=listener.getsockname()[1], engine=engine.version)
        await first_of(stop, serving)
        server.should_exit = True
        await serving
        front.close()
        engine.close()


def main() -> None:
    """Run until stopped: status 0; 70 on a failure, 78 on a wrong setting."""
    settings = load(ChdbSettings)
    logging.configure("chdb", settings.log_level, settings.log_format)
    try:
        uvloop.run(serve(settings))
    except ClickHouseError as error:
        # The engine's own words: a folder that another process holds, a damaged part. No request's text is in them.
        log.exception("the engine does not open", reason=error.text[:400])
        raise SystemExit(os.EX_SOFTWARE) from None
    except Exception:
        log.exception("stopped by a failure")
        raise SystemExit(os.EX_SOFTWARE) from None
