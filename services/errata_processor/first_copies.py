"""Asking ClickHouse for the first copy of what may be a second one: an item that a relay's spool gave back.

Redis knows the event ids of a day; it does not know those that were taken while it was away, nor those from before it
was emptied, nor what a spool kept for longer. The few items that are flagged are therefore looked for here, too.
"""

import time
from collections.abc import Mapping, Sequence

from errata.runtime import logging
from errata.runtime.metrics import PROCESSOR_UNCHECKED
from errata.stores.clickhouse.client import Away, ClickHouse, Refused
from errata.stores.clickhouse.event_ids import Sent, landed

# A batch waits no longer for an answer, and one that fails is not asked for again before this has passed.
_TIMEOUT = 5.0
_PAUSE = 10.0

log = logging.get(__name__)


class FirstCopies:
    """The events that ClickHouse holds, asked about possible duplicates alone."""

    def __init__(self, address: str) -> None:
        """Ask the ClickHouse at this address; it is reached when it is first needed."""
        self._address = address
        self._clickhouse: ClickHouse | None = None
        self._away_until = 0.0

    async def of(self, items: Sequence[Sent]) -> Mapping[Sent, str]:
        """Give the origin, as text, of each item whose event is there already; nothing while ClickHouse is away."""
        if items and time.monotonic() >= self._away_until:
            try:
                if self._clickhouse is None:
                    self._clickhouse = await ClickHouse.connect(self._address, timeout_s=_TIMEOUT)
                return await landed(self._clickhouse, items)
            except (Away, Refused) as error:
                self._away_until = time.monotonic() + _PAUSE
                log.warning("clickhouse is away: of possible duplicates only redis knows", reason=str(error))
        PROCESSOR_UNCHECKED.labels("clickhouse").inc(len(items))
        return {}
