"""The processor's entry point: packs from `ingest` become canonical events, outcomes and dead letters."""

import asyncio
import gc
import logging as stdlib_logging
import os
import sys
from collections.abc import Coroutine
from typing import Any

import uvloop

from errata.config.loading import ConfigError, ConfigFolder
from errata.contracts.groups import PROCESSOR
from errata.contracts.topics import INGEST
from errata.runtime import logging, settings
from errata.runtime.admin import serve_admin
from errata.runtime.health import Health
from errata.runtime.signals import stop_event, unless_stopped
from errata.stages import pipeline, user_agents
from errata.stores.kafka.lag import report_lag
from errata.stores.redis.connection import connect
from errata.stores.redis.event_ids import EventIds
from errata_processor import overrides
from errata_processor.artifacts import known_uploads
from errata_processor.chains import BuildChain
from errata_processor.claims import Claims
from errata_processor.configuration import Configuration
from errata_processor.event_limit import event_limit
from errata_processor.first_copies import FirstCopies
from errata_processor.settings import ProcessorSettings
from errata_processor.worker import Worker, leave

# Faust's parts stop one by one and may wait for each other; what matters is committed before.
_STOP_SECONDS = 10

log = logging.get(__name__)


def main() -> None:
    """Run the processor until it is asked to stop."""
    run(pipeline.build)


def run(build: BuildChain) -> None:
    """Run the processor with chains built by `build`."""
    own = settings.load(ProcessorSettings)
    logging.configure("processor", own.log_level, own.log_format)
    if own.log_level != "debug":  # Faust and its subclasses tell each step of starting and rebalancing
        for noisy in ("faust", "mode", overrides.__name__):
            stdlib_logging.getLogger(noisy).setLevel(stdlib_logging.WARNING)
    # As the policy, since the loop of Faust's consumer thread is made deep inside it.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(_guard(_serve(own, build)))


def application(worker: Worker) -> overrides.App:
    """Give the Faust application: one agent on `ingest`, which hands on what comes and acknowledges it in order."""
    own = worker.settings
    # Twice what is taken at once: packs wait here decompressed, so this bounds memory (a pack holds up to 512 KB).
    app = overrides.App(worker, stream_buffer_maxsize=own.batch_records * 2)
    ingest = app.topic(
        own.topic_prefix + INGEST, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )

    @app.agent(ingest)
    async def process(stream: Any) -> None:
        async for events in stream.noack_take(own.batch_records, within=own.batch_wait_ms / 1000):
            await worker.turn([event.message for event in events])
            for event in events:
                event.ack()

    return app


async def _serve(own: ProcessorSettings, build: BuildChain) -> None:
    stop = stop_event()
    health = Health("kafka", "partitions")
    try:
        folder = ConfigFolder(own.config)
        redis = connect(own.redis)
        uploads = known_uploads(own)
    except (ConfigError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(os.EX_CONFIG) from None
    configuration = Configuration(folder, build, health)
    ids = EventIds(redis, own.topic_prefix, own.seen_hours * 3600)
    claims = Claims(ids, FirstCopies(own.clickhouse), own.redis_wait_seconds)
    async with serve_admin(health, own.host, own.admin_port):
        limit = await unless_stopped(stop, event_limit(own))
        if limit is None:
            return
        health.present("kafka")
        worker = Worker(own, claims, health, configuration, limit, uploads=uploads)
        app = application(worker)
        user_agents.load()
        # What is loaded now lives as long as the process: the collector need not walk it again and again.
        gc.freeze()
        tasks = [
            asyncio.create_task(_guard(work))
            for work in (
                app.start(),
                configuration.follow(own.config_interval),
                claims.keep_claiming(),
                report_lag(PROCESSOR, own, worker.reached),
            )
        ]
        await stop.wait()
        log.info("stopping")
        await worker.revoked()
        for task in tasks:
            task.cancel()
        try:
            await asyncio.wait_for(app.stop(), _STOP_SECONDS)
        except TimeoutError:
            log.warning("Faust did not stop in time")
        # Nothing is left to do, and Faust's threads may not end by themselves.
        os._exit(os.EX_OK)


async def _guard(work: Coroutine[Any, Any, None]) -> None:
    """Run what must not fail."""
    try:
        await work
    except Exception as error:  # noqa: BLE001
        leave(error)
