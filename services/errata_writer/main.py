"""The writer as a process: all settings from `ERRATA_*`."""

import asyncio
import os

import uvloop

from errata.contracts.groups import WRITER
from errata.runtime import logging
from errata.runtime.admin import serve_admin
from errata.runtime.collector import ease_garbage_collection
from errata.runtime.health import Health
from errata.runtime.settings import load
from errata.runtime.signals import stop_event
from errata.stores.clickhouse.landing import Fenced
from errata.stores.kafka.connection import consumer
from errata.stores.kafka.lag import report_lag
from errata.stores.kafka.layout import OtherGenerationError
from errata.stores.kafka.lost_records import LostRecordsError
from errata.stores.kafka.topics import check_topics
from errata_writer.settings import WriterSettings
from errata_writer.writer import TOPICS, Writer

log = logging.get(__name__)

# While ClickHouse is away nothing is read, for hours perhaps, and the partitions stay ours.
_MAX_POLL_INTERVAL_MS = 2_000_000_000
# Of one partition in one fetch, compressed: some 4 MB of events, and there are several dozen partitions.
_FETCH_BYTES = 524_288
# A batch gathers for longer than this, so fewer and fuller fetches cost it no time.
_FETCH_WAIT_MS = 250


async def write(settings: WriterSettings) -> None:
    """Write until the process is asked to stop."""
    health = Health("kafka", "partitions", "clickhouse")
    stop = stop_event()
    async with serve_admin(health, settings.host, settings.admin_port):
        await check_topics(settings)
        reader = consumer(
            settings,
            WRITER,
            session_timeout_ms=settings.session_seconds * 1000,
            max_poll_interval_ms=_MAX_POLL_INTERVAL_MS,
            max_partition_fetch_bytes=_FETCH_BYTES,
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            group_instance_id=settings.instance or None,
        )
        writer = Writer(settings, reader, health)
        reader.subscribe([settings.topic_prefix + topic for topic in TOPICS], listener=writer)
        await reader.start()
        health.present("kafka")
        lag = asyncio.create_task(report_lag(WRITER, settings, writer.positions))
        try:
            await writer.run(stop)
        finally:
            lag.cancel()
            await reader.stop()
            await writer.close()


def main() -> None:
    """Run the writer until it is asked to stop.

    Ends with 78 (EX_CONFIG) for a wrong setting or lost records, which need a person; with 70 for what must not happen.
    """
    settings = load(WriterSettings)
    logging.configure("writer", settings.log_level, settings.log_format)
    # The records of a batch are thousands of objects that all live until it is landed.
    ease_garbage_collection()
    try:
        uvloop.run(write(settings))
    except Fenced:
        log.warning("another writer took our partitions over; starting again")
        raise SystemExit(os.EX_SOFTWARE) from None
    except LostRecordsError as error:
        log.error("records are lost; `errata topics skip writer` goes on after them", lost=str(error))  # noqa: TRY400
        raise SystemExit(os.EX_CONFIG) from None
    except OtherGenerationError as error:
        log.error("`errata topics recreate` was not finished; run it again", mistake=str(error))  # noqa: TRY400
        raise SystemExit(os.EX_CONFIG) from None
    except Exception:
        log.exception("stopped by a failure")
        raise SystemExit(os.EX_SOFTWARE) from None
