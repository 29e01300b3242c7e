"""The relay's producer: there, or being made again.

Kafka is away when a record was not acknowledged in time. The producer that has it is then given up, with all it still
holds: those records go to the spool, and a late second delivery by it would only be a duplicate without a mark.
"""

import asyncio
import itertools
import time
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from aiokafka.partitioner import DefaultPartitioner

from errata.runtime import logging
from errata.runtime.health import Health
from errata.runtime.metrics import RELAY_KAFKA_AWAY, RELAY_UNACKNOWLEDGED
from errata.stores.kafka.connection import idempotent_producer
from errata_relay.settings import RelaySettings

_CONNECT_SECONDS = 10
_RETRY_SECONDS = 0.5
_CLOSE_SECONDS = 5

_log = logging.get(__name__)


class KafkaAwayError(Exception):
    """Kafka did not acknowledge in time, or is known to be away."""


class RecordTooLargeError(Exception):
    """Kafka will never take this record: it is larger than the topic allows."""


class StickyPartitioner:
    """Keeps to one partition for a while, then goes on to the next; records with a key go by their key.

    A processor commits a transaction for each partition of what it took within 20 ms: spread over all partitions, the
    same records would cost it one for each. 100 ms is long against that, and short for a worker that waits its turn.
    """

    STICK_SECONDS = 0.1

    def __init__(self) -> None:
        self._by_key = DefaultPartitioner()
        self._turn = int(time.time() * 1000)  # relays that start together need not march together
        self._until = 0.0

    def __call__(self, key: bytes | None, partitions: Sequence[int], available: Sequence[int]) -> int:
        """Give the partition for a record, one whose leader is there when any is."""
        if key is not None:
            partition: int = self._by_key(key, partitions, available)
            return partition
        now = time.monotonic()
        if now > self._until:
            self._turn += 1
            self._until = now + self.STICK_SECONDS
        choice = sorted(available or partitions)
        return choice[self._turn % len(choice)]


class KafkaLink:
    """Sends records and waits for their acknowledgement, within bounded time."""

    def __init__(self, settings: RelaySettings, health: Health) -> None:
        self._settings = settings
        self._health = health
        self._partitioner = StickyPartitioner()
        self._producer: AIOKafkaProducer | None = None
        self._lost = asyncio.Event()
        self._unacknowledged: dict[int, float] = {}
        self._numbers = itertools.count()
        self._abandoned: set[asyncio.Task[None]] = set()
        self.connected = asyncio.Event()
        """Set while a producer is there."""
        self._show_away(away=True)
        RELAY_UNACKNOWLEDGED.set_function(self._oldest)

    async def keep(self) -> None:
        """Connect, and connect again whenever Kafka was away; for ever, until cancelled."""
        while True:
            self._producer = await self._connect()
            self._lost.clear()
            self._show_away(away=False)
            _log.info("Kafka is there")
            await self._lost.wait()

    async def send(self, topic: str, value: bytes, key: bytes | None = None, *, within: float | None = None) -> None:
        """Return when the record is acknowledged by all replicas in sync.

        Args:
            topic: its bare name.
            value: of the record.
            key: of the record; without one it goes where the records of this moment go.
            within: seconds; as long as it takes to call Kafka away when not given.

        Raises:
            KafkaAwayError: not acknowledged in time, though it may still arrive; or sent to nobody at all.
            RecordTooLargeError: refused for its size.

        """
        producer = self._producer
        if producer is None:
            raise KafkaAwayError
        within = self._settings.kafka_away_seconds if within is None else within
        number = next(self._numbers)
        self._unacknowledged[number] = time.monotonic()
        try:
            async with asyncio.timeout(within):
                await (await producer.send(self._settings.topic_prefix + topic, value, key))
        except MessageSizeTooLargeError:
            raise RecordTooLargeError from None
        except (TimeoutError, OSError, KafkaError) as error:
            if producer is self._producer:
                self._give_up(producer, error)
            raise KafkaAwayError from None
        finally:
            del self._unacknowledged[number]

    async def stop(self) -> None:
        """Close the producer; everything sent has been acknowledged or given up before."""
        await asyncio.gather(*self._abandoned)
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await producer.stop()
            except (TimeoutError, KafkaError):
                await abandon(producer)

    async def _connect(self) -> AIOKafkaProducer:
        while True:
            producer = idempotent_producer(
                self._settings,
                linger_ms=0,  # packs have waited already
                partitioner=self._partitioner,
                request_timeout_ms=_CONNECT_SECONDS * 1000,
            )
            try:
                async with asyncio.timeout(_CONNECT_SECONDS):
                    await producer.start()
            except (TimeoutError, OSError, KafkaError) as error:
                _log.debug("cannot connect to Kafka", error_class=type(error).__name__)
                await abandon(producer)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return producer

    def _give_up(self, producer: AIOKafkaProducer, error: BaseException) -> None:
        self._producer = None
        self._show_away(away=True)
        _log.warning("Kafka is away: what arrives goes to the spool", error_class=type(error).__name__)
        task = asyncio.create_task(abandon(producer))
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)
        self._lost.set()

    def _show_away(self, *, away: bool) -> None:
        (self.connected.clear if away else self.connected.set)()
        RELAY_KAFKA_AWAY.set(away)
        self._health.impaired("kafka", now=away)

    def _oldest(self) -> float:
        return time.monotonic() - min(self._unacknowledged.values()) if self._unacknowledged else 0


async def abandon(producer: AIOKafkaProducer) -> None:
    """End a producer without waiting for Kafka; `stop` would, since an idempotent one never drops what it holds.

    With its connections closed the requests under way fail; then its sender, which aiokafka 0.14 closes only after
    everything was delivered, is stopped by hand.
    """
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await producer.client.close()
            await producer._sender.close()  # noqa: SLF001
    except Exception as error:  # noqa: BLE001 - nobody needs it any more, and nobody else waits for this
        _log.warning("a producer that was given up did not close", error_class=type(error).__name__)
    producer._closed = True  # noqa: SLF001 - it is: nothing to warn of
