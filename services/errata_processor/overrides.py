"""What is changed in Faust, and why: everything that relies on the inside of faust-streaming 0.15 stands here.

Faust gives the group membership, the delivery to the agent and the flow control; offsets are not its business here.

- The consumer is ours (`stores.kafka.connection`): Faust's waits 1.5 s in each fetch (a skewed backlog ran at 470/s
  against 2,295/s), reads uncommitted records, and knows TLS and passwords in a form of its own.
- Faust commits nothing: offsets travel in our transactions, and a plain commit that comes late moves them back.
- It seeks where we say: to the positions read after older owners were fenced, not to what it reads itself.
- Lanes are opened before Faust hears of an assignment, since it reads positions within; its public signal comes later.
  They are closed after it has stopped the flow, and before the group goes on.
- Its own producer never connects, nothing is sent by it; no folder is made for tables, there are none.
- A crash ends the process: Faust's own way is to stop its parts one by one and wait for each.

`tests/services/errata_processor/test_overrides.py` fails when an upgrade changes what this relies on.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, cast

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faust.transport.drivers import aiokafka as driver

from errata.stages.plan import Segment
from errata.stores.kafka.connection import consumer
from errata_processor.settings import ProcessorSettings


class Owner(Protocol):
    """What the group's changes are told to."""

    settings: ProcessorSettings
    segment: Segment

    @property
    def positions(self) -> Mapping[int, int]:
        """The next offset to read of each owned partition."""
        ...

    async def assigned(self, partitions: Collection[int], generation: int) -> None:
        """Take these partitions; all that were owned before are gone."""

    async def revoked(self) -> None:
        """Let go of all partitions; nothing of them may be committed after this."""

    def crashed(self, reason: BaseException) -> None:
        """End the process: Faust cannot go on."""


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    @property
    def _owner(self) -> Owner:
        return cast("App", self.app).owner

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:  # noqa: ARG002
        settings = self._owner.settings
        return consumer(
            settings,
            self._owner.segment.group,
            group_instance_id=settings.instance or None,
            partition_assignment_strategy=[RoundRobinPartitionAssignor],
            session_timeout_ms=settings.session_seconds * 1000,
            # Decompressed, this much may lie in memory beside what Faust buffers.
            fetch_max_bytes=8_388_608,
            # While the breaker is open nothing is polled; the group must not take that for death.
            max_poll_interval_ms=3_600_000,
        )

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:  # noqa: ARG002
        return True

    async def seek_to_committed(self) -> Mapping[TopicPartition, int]:
        return dict(await self.call_thread(self._seek_to_positions))

    async def _seek_to_positions(self) -> Mapping[TopicPartition, int]:
        client = self._ensure_consumer()
        positions = self._owner.positions
        sought = {place: positions[place.partition] for place in client.assignment() if place.partition in positions}
        for place, position in sought.items():
            client.seek(place, position)
        return sought


class _Consumer(driver.Consumer):
    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)


class _Producer(driver.Producer):
    async def on_start(self) -> None:
        pass

    async def flush(self) -> None:
        pass


class _Transport(driver.Transport):
    Consumer = _Consumer
    Producer = _Producer


class App(faust.App):
    """A Faust application that consumes for an owner of partitions."""

    def __init__(self, owner: Owner, **options: Any) -> None:
        """Make the application; `options` are Faust's own."""
        self.owner = owner
        super().__init__(
            owner.settings.topic_prefix + owner.segment.group,
            broker="kafka://",  # never used, see `_create_worker_consumer`
            store="memory://",
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            # A clean stop would hang while anything is unacknowledged; lanes wait for what matters.
            stream_wait_empty=False,
            **options,
        )

    def _new_transport(self) -> _Transport:
        return _Transport(self.conf.broker_consumer, self)

    def _new_producer_transport(self) -> _Transport:
        return _Transport(self.conf.broker_producer, self)

    def _create_directories(self) -> None:
        pass

    def _crash(self, reason: BaseException) -> None:
        self.owner.crashed(reason)

    async def _on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await super()._on_partitions_revoked(revoked)
        await self.owner.revoked()

    async def _on_partitions_assigned(self, assigned: set[TopicPartition], generation_id: int = 0) -> None:
        if self.should_stop:
            return
        await self.owner.assigned([place.partition for place in assigned], generation_id)
        await super()._on_partitions_assigned(assigned, generation_id)
