"""The tracker's entry point: events and commands become issues, transitions and alerts."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn

import uvloop
from aiokafka import AIOKafkaConsumer
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaConnectionError

from errata.config.loading import ConfigError, ConfigFolder
from errata.contracts.groups import TRACKER
from errata.contracts.times import now
from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime import logging, settings
from errata.runtime.admin import serve_admin
from errata.runtime.config_follower import ConfigFollower
from errata.runtime.health import Health
from errata.runtime.signals import stop_event, unless_stopped
from errata.stores.kafka.connection import consumer as make_consumer
from errata.stores.kafka.lag import report_lag
from errata.stores.kafka.lost_records import LostRecordsError
from errata.stores.kafka.topics import check_topics
from errata.stores.redis.connection import connect, is_cluster, refuse_cluster
from errata_tracker.assignment import Assignment
from errata_tracker.landed import Landed
from errata_tracker.restore import GenerationError
from errata_tracker.rule_book import RuleBook
from errata_tracker.settings import TrackerSettings
from errata_tracker.tables import Tables
from errata_tracker.world import World

_KAFKA_RETRY_SECONDS = 1.0
# Longer than an owner may take for its turn.
_STOP_SECONDS = 8.0

log = logging.get(__name__)


def main() -> None:
    """Run the tracker until it is asked to stop.

    Ends with 78 (EX_CONFIG) for a wrong setting or lost records, which need a person; with 70 for what must not happen.
    """
    own = settings.load(TrackerSettings)
    logging.configure("tracker", own.log_level, own.log_format)
    try:
        config = ConfigFolder(own.config)
        book = RuleBook(config.current)
        uvloop.run(_check_redis(own))
    except (ConfigError, ValueError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(os.EX_CONFIG) from None
    uvloop.run(_guard(_serve(own, config, book)))


async def _check_redis(own: TrackerSettings) -> None:
    """Raise `ValueError` here for what each partition's owner would meet later."""
    async with connect(own.redis) as redis:
        await refuse_cluster(redis)
    if own.redis_replicas and is_cluster(own.redis):
        raise ValueError("ERRATA_REDIS_REPLICAS is for a single Redis: of a cluster's commits WAIT tells nothing")


async def _guard(work: Coroutine[Any, Any, object]) -> None:
    """Run what must not fail; mostly a fresh start from what is stored is the remedy."""
    try:
        await work
    except GenerationError as error:
        log.error("a wrong setting", mistake=str(error))  # noqa: TRY400
        _leave(os.EX_CONFIG)
    except LostRecordsError as error:
        log.error("records are lost; `errata topics skip tracker` goes on after them", lost=str(error))  # noqa: TRY400
        _leave(os.EX_CONFIG)
    except Exception:
        log.exception("the tracker cannot go on")
        _leave(os.EX_SOFTWARE)


def _leave(status: int) -> NoReturn:
    """End the process at once: the producer of a partition that was lost never stops by itself."""
    os._exit(status)


async def _serve(own: TrackerSettings, config: ConfigFolder, book: RuleBook) -> None:
    stop = stop_event()
    health = Health("kafka", "assignment")
    # The range assignor gives both topics' partition q to the same member, as long as all members subscribe to both.
    consumer = make_consumer(
        own,
        TRACKER,
        partition_assignment_strategy=(RangePartitionAssignor,),
        session_timeout_ms=own.session_seconds * 1_000,
        group_instance_id=own.instance or None,
    )

    world = World(own, consumer, Tables(own.clickhouse), Landed(own, consumer), book, health, now)
    async with serve_admin(health, own.host, own.admin_port):
        await unless_stopped(stop, _connect(own, consumer))
        if stop.is_set():
            return
        assignment = Assignment(world)
        consumer.subscribe([own.topic_prefix + EVENTS, own.topic_prefix + COMMANDS], listener=assignment)
        health.present("kafka")
        # Nothing is tidied up after a failure: stopping could wait for ever, and a kill must do no harm anyway.
        following = ConfigFollower(config, health, book.take).follow(own.config_interval)
        lag = report_lag(TRACKER, own, assignment.reached)
        await _guard(unless_stopped(stop, asyncio.gather(following, lag, assignment.failed)))
        log.info("stopping")
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await assignment.stop()
                await consumer.stop()
        except TimeoutError:
            log.warning("Kafka or Redis did not let go in time")
            _leave(os.EX_OK)


async def _connect(own: TrackerSettings, consumer: AIOKafkaConsumer) -> None:
    """Return when Kafka is there, with the topics as they should be."""
    await check_topics(own)
    while True:
        try:
            await consumer.start()
        except KafkaConnectionError as error:
            log.warning("Kafka is away, waiting", exc_info=error)
            await asyncio.sleep(_KAFKA_RETRY_SECONDS)
        else:
            return
