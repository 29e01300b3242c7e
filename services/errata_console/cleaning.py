"""Housekeeping: every few hours the console removes what need not be kept of uploads."""

import asyncio
from datetime import timedelta

from errata.contracts.times import Clock
from errata.runtime import logging
from errata.runtime.metrics import CONSOLE_REMOVED
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.retention import Keep, clean
from errata_console.settings import ConsoleSettings

log = logging.get(__name__)


async def keep_clean(blobs: Blobs, settings: ConsoleSettings, clock: Clock) -> None:
    """Clean at once and then again and again; for ever, unless that is turned off. Several consoles may do it."""
    keep = Keep(
        timedelta(days=settings.artifact_days), settings.artifact_releases, timedelta(hours=settings.chunk_hours)
    )
    while settings.clean_hours:
        try:
            removed = await clean(blobs, clock(), keep)
        except Exception:  # whatever it is, uploads must go on, and the next time may succeed
            log.exception("uploads could not be cleaned")
        else:
            log.info("uploads cleaned", **removed._asdict())
            for what, number in removed._asdict().items():
                CONSOLE_REMOVED.labels(what).inc(number)
        await asyncio.sleep(settings.clean_hours * 3600)
