"""The processor's entry point: packs from `ingest` become canonical events, outcomes and dead letters."""

import asyncio
import logging as stdlib_logging
import os
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import uvloop

from errata.config.loading import ConfigError, ConfigFolder
from errata.runtime import logging, settings
from errata.runtime.admin import serve_admin
from errata.runtime.collector import ease_garbage_collection
from errata.runtime.health import Health
from errata.runtime.signals import stop_event, unless_stopped
from errata.stages import pipeline
from errata.stages.pipeline import Chain
from errata.stages.plan import segment_after
from errata.stores.kafka.lag import report_lag
from errata.stores.redis.connection import connect, refuse_cluster
from errata.stores.redis.event_ids import EventIds
from errata_processor import overrides
from errata_processor.artifacts import known_uploads
from errata_processor.claims import Claims
from errata_processor.configuration import Configuration
from errata_processor.event_limit import event_limit
from errata_processor.first_copies import FirstCopies
from errata_processor.settings import ProcessorSettings
from errata_processor.worker import Worker, leave

# Faust's parts stop one by one and may wait for each other; what matters is committed before.
_STOP_SECONDS = 10

log = logging.get(__name__)


def main(*, segment: str = "") -> None:
    """Run the processor until it is asked to stop.

    Example: `ERRATA_CUT_AFTER=scrub errata processor --segment scrub`

    Parameters
    ----------
    segment
        The segment of a cut chain to run, as ERRATA_SEGMENT names it; by default what that says.

    """
    run(pipeline.build, **({"segment": segment} if segment else {}))


def run(build: Callable[..., Chain], **given: str) -> None:
    """Run the processor; `build` makes a project's chain `only` of the stages named, `given` are settings."""
    own = settings.load(ProcessorSettings, **given)
    logging.configure("processor", own.log_level, own.log_format)
    if own.log_level != "debug":  # Faust and its subclasses tell each step of starting and rebalancing
        for noisy in ("faust", "mode", overrides.__name__):
            stdlib_logging.getLogger(noisy).setLevel(stdlib_logging.WARNING)
    # As the policy, since the loop of Faust's consumer thread is made deep inside it.
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    asyncio.run(_guard(_serve(own, build)))


def application(worker: Worker) -> overrides.App:
    """Give the Faust application: one agent on the segment's topic, which hands on what comes and acknowledges it."""
    own = worker.settings
    # Twice what is taken at once: packs wait here decompressed, so this bounds memory (a pack holds up to 512 KB).
    app = overrides.App(worker, stream_buffer_maxsize=own.batch_records * 2)
    source = app.topic(
        own.topic_prefix + worker.segment.source,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
    )

    @app.agent(source)
    async def process(stream: Any) -> None:
        async for events in stream.noack_take(own.batch_records, within=own.batch_wait_ms / 1000):
            await worker.turn([event.message for event in events])
            for event in events:
                event.ack()

    return app


async def _serve(own: ProcessorSettings, build: Callable[..., Chain]) -> None:
    stop = stop_event()
    health = Health("kafka", "partitions")
    try:
        segment = segment_after(own.cuts, own.segment)
        folder = ConfigFolder(own.config)
        redis = connect(own.redis)
        await refuse_cluster(redis)
        uploads = known_uploads(own)
    except (ConfigError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(os.EX_CONFIG) from None
    configuration = Configuration(folder, partial(build, only=segment.stages), health)
    ids = EventIds(redis, own.topic_prefix, own.seen_hours * 3600)
    claims = Claims(ids, FirstCopies(own.clickhouse), own.redis_wait_seconds)
    async with serve_admin(health, own.host, own.admin_port):
        limit = await unless_stopped(stop, event_limit(own, segment))
        if limit is None:
            return
        health.present("kafka")
        worker = Worker(own, segment, claims, configuration, health, max_event_bytes=limit, uploads=uploads)
        app = application(worker)
        pipeline.load()
        ease_garbage_collection()
        tasks = [
            asyncio.create_task(_guard(work))
            for work in (
                app.start(),
                configuration.follow(own.config_interval),
                claims.keep_claiming(),
                report_lag(segment.group, own, worker.reached),
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
