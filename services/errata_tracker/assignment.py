"""Which partitions are ours: an owner for each, started and stopped as the consumer group says."""

import asyncio
from collections.abc import Collection, Mapping

from aiokafka import ConsumerRebalanceListener, TopicPartition

from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime import logging
from errata.stores.redis.connection import connect
from errata_tracker.owner import Owner
from errata_tracker.world import World

log = logging.get(__name__)

# A turn takes well under a second. An owner that is in the middle of one for longer waits for Redis or Kafka; to end
# it there is what a kill would do, which it is made for.
_TURN_SECONDS = 5.0


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no types
    """The owners of the partitions that this process has. `failed` is done when one of them could not go on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._consumer = world.consumer
        self._health = world.health
        self._topics = {world.settings.topic_prefix + EVENTS, world.settings.topic_prefix + COMMANDS}
        self._owners: dict[int, tuple[Owner, asyncio.Task[None]]] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def reached(self) -> Mapping[TopicPartition, int]:
        """Give the next offset to read of every partition that is owned now."""
        return {place: offset for owner, _ in self._owners.values() for place, offset in owner.reached.items()}

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Start an owner for each partition. Called by aiokafka, which would only log what is raised here."""
        for place in assigned:
            # Nothing is fetched until its owner knows the position. The offset does not matter; without any, aiokafka
            # would look for a committed one.
            self._consumer.seek(place, 0)
            self._consumer.pause(place)
        partitions = {place.partition for place in assigned}
        if {(topic, partition) for topic in self._topics for partition in partitions} != {
            (place.topic, place.partition) for place in assigned
        }:
            self._fail(RuntimeError("`events` and `commands` are not assigned alike: have they as many partitions?"))
            return
        for partition in sorted(partitions):
            owner = Owner(partition, connect(self._world.settings.redis), self._world)
            task = asyncio.create_task(owner.run())
            task.add_done_callback(self._ended)
            self._owners[partition] = owner, task
        self._health.present("assignment")

    async def on_partitions_revoked(self, _revoked: Collection[TopicPartition]) -> None:
        """Stop all owners: with aiokafka's protocol every rebalance takes all partitions away first."""
        self._health.missing("assignment")
        await self.stop()

    async def stop(self) -> None:
        """Let each owner end its turn, then end those that have not."""
        owners, self._owners = self._owners, {}
        if not owners:
            return
        for owner, _ in owners.values():
            owner.stop()
        _, late = await asyncio.wait([task for _, task in owners.values()], timeout=_TURN_SECONDS)
        for task in late:
            task.cancel()
        if late:
            log.warning("owners ended in the middle of a turn", owners=len(late))
            await asyncio.wait(late)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self.failed.done():
            self.failed.set_exception(error)
