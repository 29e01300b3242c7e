"""Whether those who read what the relay writes keep up: before the log is cut at what they have not read, clients wait.

Kafka deletes by age and by size, read or not, and what a client was told is kept must not be. While Kafka is away
nothing is known and nothing is said: what arrives goes to the spool, which has bounds of its own.
"""

import asyncio

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from errata.contracts.groups import PROCESSOR, WRITER
from errata.contracts.times import Clock
from errata.contracts.topics import INGEST, INGEST_SESSIONS
from errata.runtime import logging
from errata.runtime.health import Health
from errata.runtime.metrics import RELAY_READERS_BEHIND
from errata.stores.kafka.connection import consumer, started
from errata.stores.kafka.topics import admin_client
from errata.stores.kafka.unread import nearly_deleted
from errata_relay.settings import RelaySettings

READERS = {INGEST: PROCESSOR, INGEST_SESSIONS: WRITER}
"""The group that must read it, of each topic that the relay writes and watches."""
# A broker that does not answer for so long is away for this purpose.
_PATIENCE_SECONDS = 10

_log = logging.get(__name__)


class Readers:
    """Knows the topics whose readers are too far behind."""

    def __init__(self, settings: RelaySettings, health: Health, clock: Clock) -> None:
        self._settings = settings
        self._health = health
        self._clock = clock
        self.behind: frozenset[str] = frozenset()
        """Names without the prefix: what goes to these topics is to be refused."""

    async def watch(self) -> None:
        """Keep knowing; for ever, until cancelled."""
        while True:
            try:
                await self._look()
            except (TimeoutError, OSError, KafkaError) as error:
                _log.debug("cannot ask how far readers are", error_class=type(error).__name__)
                self._found(frozenset())
            await asyncio.sleep(self._settings.unread_check_seconds)

    async def _look(self) -> None:
        prefix = self._settings.topic_prefix
        readers = {
            TopicPartition(prefix + topic, partition): prefix + group
            for topic, group in READERS.items()
            for partition in range(self._settings.partitions)
        }
        async with started(consumer(self._settings, None)) as log, admin_client(self._settings.kafka) as client:
            while True:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    share = self._settings.max_unread_share
                    found = await nearly_deleted(log, client, readers, share, self._clock())
                self._found(frozenset(topic.removeprefix(prefix) for topic in found))
                await asyncio.sleep(self._settings.unread_check_seconds)

    def _found(self, behind: frozenset[str]) -> None:
        for topic in behind - self.behind:
            self._health.missing(_part(topic))
            _log.warning("unread records are near their deletion: no new ones until readers catch up", topic=topic)
        for topic in self.behind - behind:
            self._health.present(_part(topic))
            _log.info("readers have caught up", topic=topic)
        self.behind = behind
        for topic in READERS:
            RELAY_READERS_BEHIND.labels(topic).set(topic in behind)


def _part(topic: str) -> str:
    return f"room in {topic}"
