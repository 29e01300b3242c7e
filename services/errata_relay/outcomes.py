"""Counts of what the relay did not accept, told to Kafka once a second.

They are outside the ledger: what was refused has no place in `ingest`. Only counts are kept, by values from closed
sets, so they stay small however long Kafka is away. A count whose acknowledgement was lost is told again: after an
outage they may be too high, never too low.
"""

import asyncio
from collections import Counter
from typing import NamedTuple

from errata.contracts.messages import Outcome, encode
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.times import Clock
from errata.contracts.topics import OUTCOMES
from errata.runtime.metrics import RELAY_OUTCOMES
from errata_relay.kafka_link import KafkaAwayError, KafkaLink

_FLUSH_SECONDS = 1


class _Kind(NamedTuple):
    outcome: OutcomeKind
    reason: Reason
    category: str
    project: int
    key_id: str


class OutcomeCounts:
    """Counts, until they are told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[_Kind] = Counter()
        self._telling = asyncio.Lock()

    def count(
        self,
        outcome: OutcomeKind,
        reason: Reason,
        category: str,
        *,
        project: int = 0,
        key_id: str = "",
        quantity: int = 1,
    ) -> None:
        """Count items that were not accepted; project 0 where the request named none that exists."""
        RELAY_OUTCOMES.labels(outcome, reason, category).inc(quantity)
        self._counts[_Kind(outcome, reason, category, project, key_id)] += quantity

    async def keep_telling(self, kafka: KafkaLink) -> None:
        """Tell Kafka once a second; for ever, until cancelled."""
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await self.tell(kafka)

    async def tell(self, kafka: KafkaLink) -> None:
        """Return when Kafka knows all that had been counted; what it does not acknowledge stays counted."""
        async with self._telling:  # so that a stop waits for what is being told already
            counts = tuple(self._counts.items())
            await asyncio.gather(*(self._tell_one(kafka, kind, quantity) for kind, quantity in counts))

    def take_untold(self) -> list[tuple[bytes, bytes]]:
        """Give what is left as keys and values of records, and count from nothing."""
        counts, self._counts = self._counts, Counter()
        return [self._record(kind, quantity) for kind, quantity in counts.items()]

    async def _tell_one(self, kafka: KafkaLink, kind: _Kind, quantity: int) -> None:
        key, value = self._record(kind, quantity)
        try:
            await kafka.send(OUTCOMES, value, key)
        except KafkaAwayError:
            return
        self._counts[kind] -= quantity
        if not self._counts[kind]:
            del self._counts[kind]

    def _record(self, kind: _Kind, quantity: int) -> tuple[bytes, bytes]:
        outcome = Outcome(**kind._asdict(), quantity=quantity, source="relay", at=self._clock())
        return str(kind.project).encode(), encode(outcome)
