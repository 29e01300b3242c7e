"""The relay's entry point: puts its parts together, runs them, and stops them in an order that loses nothing."""

import asyncio
import contextlib
import os
import socket
import sys
from functools import partial

import uvloop
from starlette.applications import Starlette

from errata.config.loading import ConfigError, ConfigFolder
from errata.contracts.times import now
from errata.contracts.topics import INGEST, INGEST_SESSIONS
from errata.runtime import logging
from errata.runtime.admin import admin_routes, serve_admin
from errata.runtime.collector import ease_garbage_collection
from errata.runtime.config_follower import ConfigFollower
from errata.runtime.health import Health
from errata.runtime.settings import AddressError, load
from errata.runtime.signals import stop_event
from errata.stores.kafka.topics import check_topics
from errata.stores.redis.connection import connect, refuse_cluster
from errata.stores.redis.limits import Allowances
from errata_relay.admission import Admission
from errata_relay.app import RelayApp
from errata_relay.background import Background
from errata_relay.delivery import Delivery
from errata_relay.kafka_link import KafkaLink
from errata_relay.limits import Limits
from errata_relay.outcomes import OutcomeCounts
from errata_relay.packer import Packer
from errata_relay.readers import Readers
from errata_relay.server import server
from errata_relay.settings import RelaySettings
from errata_relay.spool import Spool, SpoolInUseError
from errata_relay.tee import Tee

_BACKLOG = 2048
# Limits are worth no longer a wait; then each relay counts alone.
_REDIS_SECONDS = 0.25

_log = logging.get(__name__)


def main() -> None:
    """Run the relay until it is asked to stop; settings from the environment."""
    settings = load(RelaySettings)
    logging.configure("relay", settings.log_level, settings.log_format)
    sys.exit(uvloop.run(run(settings)))


async def run(settings: RelaySettings) -> int:
    """Run the relay; give the status to exit with."""
    stop = stop_event()
    try:
        config = ConfigFolder(settings.config)
        redis = connect(settings.redis, timeout=_REDIS_SECONDS)
        await refuse_cluster(redis)
    except (ConfigError, AddressError) as error:
        _log.error("cannot start", reason=str(error))
        return os.EX_CONFIG
    try:
        spool = Spool(settings.spool_dir, settings.spool_max_bytes, now)
        listener = socket.create_server((settings.host, settings.relay_port), backlog=_BACKLOG)
    except (SpoolInUseError, OSError) as error:  # the process before this one may still be about to end
        _log.error("cannot start", error_class=type(error).__name__, reason=str(error))
        return os.EX_SOFTWARE
    health = Health("listener")
    kafka = KafkaLink(settings, health)
    outcomes = OutcomeCounts(now)
    readers = Readers(settings, health, now)
    delivery = Delivery(settings, kafka=kafka, spool=spool, readers=readers, outcomes=outcomes, health=health)
    packers = {topic: Packer(partial(delivery.deliver, topic), settings) for topic in (INGEST, INGEST_SESSIONS)}
    limits = Limits(Allowances(redis, settings.topic_prefix), now)
    tee = Tee()
    admission = Admission(settings, config, limits=limits, tee=tee, packers=packers, outcomes=outcomes, clock=now)
    app = RelayApp(settings, admission, Starlette(routes=admin_routes(health)), now)
    http = server(app, settings, outcomes)
    ease_garbage_collection()
    background = Background()
    background.start(_connect(kafka, settings))
    background.start(delivery.drain())
    background.start(outcomes.keep_telling(kafka))
    background.start(ConfigFollower(config, health).follow(settings.config_interval))
    background.start(readers.watch())
    background.start(tee.run())
    async with serve_admin(health, settings.host, settings.admin_port):
        with contextlib.suppress(TimeoutError):  # a Kafka that is there spares the spool the first requests
            await asyncio.wait_for(kafka.connected.wait(), settings.kafka_away_seconds)
        serving = asyncio.create_task(http.serve(sockets=[listener]))
        health.present("listener")
        _log.info("accepting", port=listener.getsockname()[1])
        failed = await background.wait(stop)
        health.missing("listener")
        http.should_exit = True
        await serving
    await outcomes.tell(kafka)
    await background.stop()
    await delivery.spool_outcomes(outcomes.take_untold())
    await kafka.stop()
    await redis.aclose()
    await spool.close()
    if failed is None:
        return os.EX_OK
    return os.EX_CONFIG if isinstance(failed, _TopicsError) else os.EX_SOFTWARE


class _TopicsError(Exception):
    """The topics are not those of the settings."""


async def _connect(kafka: KafkaLink, settings: RelaySettings) -> None:
    """Keep Kafka at hand; the topics are checked when it is first seen, which may be long after the start."""
    try:
        await check_topics(settings)
    except SystemExit:  # has been explained; requests under way are to be answered first
        raise _TopicsError from None
    await kafka.keep()
