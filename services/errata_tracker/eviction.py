"""Making room in Redis: issues that nobody has seen for long are dropped there once ClickHouse has all about them.

The coldest are chosen together with the places in Kafka up to which the writer must come; when it is there, those that
have not changed meanwhile may go. What comes back later is asked for in ClickHouse (`recall`).
"""

import time
from collections.abc import Iterable

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from errata.contracts.times import HOUR
from errata.issues.record import IssueRecord
from errata.stores.redis.partition_state import PartitionState, Position
from errata_tracker.sending import issue_of
from errata_tracker.world import World

_AT_ONCE = 1_000
"""Issues; to drop them takes Redis some 5 ms."""
_WARM = HOUR
"""Issues seen within this time stay: they are likely to be seen again, and would be asked for at once."""
_LOOK_SECONDS = 2.0

Version = tuple[int, int, int]


class Eviction:
    """Says which issues of one partition may be dropped."""

    def __init__(self, partition: int, state: PartitionState, world: World) -> None:
        self._partition = partition
        self._state = state
        self._world = world
        self._looked = float("-inf")
        self._chosen: dict[str, Version] = {}
        self._until: dict[TopicPartition, int] = {}

    async def issues(self, position: Position, outbox: Iterable[str]) -> list[str]:
        """Give the issues to drop now, mostly none; asks at most every other second.

        Args:
            position: the stored one; all before it is counted.
            outbox: names of the messages that Kafka does not have yet.

        """
        if time.monotonic() < self._looked + _LOOK_SECONDS:
            return []
        self._looked = time.monotonic()
        try:
            if not self._chosen:
                await self._choose(position, set(map(issue_of, outbox)))
                return []
            if not await self._world.landed.reached(self._until):
                return []
        except KafkaError:  # away: then nothing lands
            return []
        chosen, self._chosen = self._chosen, {}
        records = await self._state.records(list(chosen))
        return [issue for issue, record in records.items() if _version(record) == chosen[issue]]

    async def _choose(self, position: Position, unsent: set[str]) -> None:
        if await self._state.memory_used() <= self._world.settings.redis_share:
            return
        cold = await self._state.seen(_AT_ONCE, before=self._world.clock() - _WARM)
        records = await self._state.records([issue for issue in cold if issue not in unsent])
        self._chosen = {issue: _version(record) for issue, record in records.items()}
        self._until = await self._world.landed.published([self._partition])
        self._until |= self._world.landed.events(self._partition, position.events)


def _version(record: IssueRecord) -> Version:
    return record.generation, record.offset, record.step
