"""`errata spool`: rescue what a relay left on disk."""

import asyncio
import contextlib
from pathlib import Path

from cyclopts import App

from errata.contracts.times import now
from errata.runtime.health import Health
from errata.runtime.settings import load
from errata_relay.delivery import Delivery
from errata_relay.kafka_link import KafkaLink
from errata_relay.outcomes import OutcomeCounts
from errata_relay.readers import Readers
from errata_relay.settings import RelaySettings
from errata_relay.spool import Spool, SpoolInUseError

app = App(name="spool", help="Rescue what a relay left on disk.")

_CONNECT_SECONDS = 10


@app.command
def drain(folder: Path) -> int:
    """Move everything in the spool of a relay that is gone to Kafka, and remove it from there.

    Its items are marked as possible duplicates, as those that a relay drains itself. Ends with 1 when something is
    left: a relay still uses the folder, or Kafka does not take it all within 10 seconds.

    Example: `errata spool drain /var/lib/errata/spool`

    Parameters
    ----------
    folder
        The folder of the spool, which was the relay's ERRATA_SPOOL_DIR.

    """
    if not folder.is_dir():
        print(f"{folder}: no such folder")
        return 1
    try:
        return asyncio.run(_drain(folder, load(RelaySettings)))
    except SpoolInUseError:
        print(f"{folder}: a relay is using it, and drains it itself")
        return 1


async def _drain(folder: Path, settings: RelaySettings) -> int:
    spool = Spool(folder, max_bytes=0, clock=now)
    health = Health()
    kafka = KafkaLink(settings, health)
    outcomes = OutcomeCounts(now)
    readers = Readers(settings, health, now)
    delivery = Delivery(settings, kafka=kafka, spool=spool, readers=readers, outcomes=outcomes, health=health)
    keeping = asyncio.create_task(kafka.keep())
    before = spool.size
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(kafka.connected.wait(), _CONNECT_SECONDS)
        while await delivery.drain_segment():
            pass
        await outcomes.tell(kafka)
    keeping.cancel()
    await kafka.stop()
    left = spool.size
    await spool.close()
    print(f"{before - left} bytes moved to Kafka, {left} left")
    return 1 if left else 0
