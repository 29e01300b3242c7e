"""From accepted to durable: to Kafka while it is there, to the disk spool while it is not, and from there to Kafka."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import Item, decode_pack, encode_pack
from errata.contracts.topics import OUTCOMES
from errata.runtime import logging
from errata.runtime.health import Health
from errata.runtime.metrics import RELAY_DRAINED, RELAY_PACKS
from errata_relay.items import category_of_format
from errata_relay.kafka_link import KafkaAwayError, KafkaLink, RecordTooLargeError
from errata_relay.outcomes import OutcomeCounts
from errata_relay.readers import Readers
from errata_relay.settings import RelaySettings
from errata_relay.spool import Spool, SpoolFullError

_DRAIN_SECONDS = 0.2
# Records under way at once while draining: enough to fill requests, few enough that new ones hardly wait.
_DRAIN_WINDOW = 16
# Nobody waits for a spooled record, and a Kafka that has just come back is slow.
_DRAIN_PATIENCE_SECONDS = 10

# Below it, what arrives need not queue up behind the spool: draining the rest takes a moment.
_NEARLY_EMPTY_BYTES = 1_048_576
# What the service lacks while it says 429.
_ROOM = "room in the spool"

_Way = Callable[[str, tuple[Item, ...]], Awaitable[None]]

_log = logging.get(__name__)


class _SpoolTooOldError(Exception):
    """What is in the spool has waited for so long that nothing is added to it."""


class SpooledRecord(msgspec.Struct, frozen=True, array_like=True):
    """A record on its way to Kafka."""

    topic: str
    value: bytes
    key: bytes | None = None


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(SpooledRecord)


class Delivery:
    """Makes packs durable, one way or the other."""

    def __init__(
        self,
        settings: RelaySettings,
        *,
        kafka: KafkaLink,
        spool: Spool,
        readers: Readers,
        outcomes: OutcomeCounts,
        health: Health,
    ) -> None:
        self._settings = settings
        self._readers = readers
        self._kafka = kafka
        self._spool = spool
        self._outcomes = outcomes
        self._health = health

    async def deliver(self, topic: str, items: tuple[Item, ...]) -> Reason | None:
        """Return None when the items are durable, otherwise why they are not."""
        if topic in self._readers.behind:
            RELAY_PACKS.labels("refused").inc()
            return Reason.READERS_BEHIND
        reason = Reason.SPOOL_FULL
        for way in self._ways():
            try:
                await way(topic, items)
            except (KafkaAwayError, SpoolFullError):
                continue
            except _SpoolTooOldError:
                reason = Reason.SPOOL_TOO_OLD
                continue
            except RecordTooLargeError:
                RELAY_PACKS.labels("refused").inc()
                return Reason.TOO_LARGE
            return None
        RELAY_PACKS.labels("refused").inc()
        self._health.missing(_ROOM)
        return reason

    async def drain(self) -> None:
        """Move the spool to Kafka whenever both have something to give and take; for ever, until cancelled."""
        while True:
            await asyncio.sleep(_DRAIN_SECONDS)
            await self._kafka.connected.wait()
            while not self._readers.behind and await self.drain_segment():
                pass
            if self._kafka.connected.is_set():  # what arrives needs no room in the spool
                self._health.present(_ROOM)

    async def drain_segment(self) -> bool:
        """Move the oldest segment to Kafka; give False when there is none, or Kafka went away meanwhile."""
        oldest = await self._spool.oldest()
        if oldest is None:
            return False
        segment, content = oldest
        records = [record for frame in content.records if (record := _record_of(frame)) is not None]
        try:
            for start in range(0, len(records), _DRAIN_WINDOW):
                await asyncio.gather(*(self._redeliver(record) for record in records[start : start + _DRAIN_WINDOW]))
        except KafkaAwayError:
            return False
        unknown = len(content.records) - len(records)
        damaged = content.damaged_bytes + content.torn_bytes
        if unknown or damaged:
            await self._spool.set_aside(segment)
            _log.error(
                "a segment of the spool cannot all be read, and was set aside",
                segment=segment.name,
                damaged_bytes=damaged,
                unknown_records=unknown,
                records_in_kafka=len(records),
            )
        else:
            await self._spool.remove(segment)
            _log.info("a segment of the spool is in Kafka", records=len(records), left_bytes=self._spool.size)
        return True

    async def spool_outcomes(self, values: Sequence[tuple[bytes, bytes]]) -> None:
        """Put outcomes (key, value) on the spool, for a stop while Kafka is away.

        Without room they are lost, and that is said.
        """
        try:
            for key, value in values:
                await self._spool.append(_encoder.encode(SpooledRecord(OUTCOMES, value, key)))
        except SpoolFullError:
            _log.error("counts of refused items are lost: Kafka is away and the spool is full", counts=len(values))

    def _ways(self) -> tuple[_Way, _Way]:
        """Give both ways, the better one first.

        Behind a full spool what arrives queues up: a Kafka that is slow rather than away would otherwise let every
        request wait in vain, and have it twice.
        """
        if self._spool.size < _NEARLY_EMPTY_BYTES:
            return self._to_kafka, self._to_spool
        return self._to_spool, self._to_kafka

    async def _to_kafka(self, topic: str, items: tuple[Item, ...]) -> None:
        await self._kafka.send(topic, encode_pack(items))
        RELAY_PACKS.labels("kafka").inc()

    async def _to_spool(self, topic: str, items: tuple[Item, ...]) -> None:
        """Spool a pack, its items marked: Kafka may hold them all the same, now or after a second drain."""
        if self._spool.age > self._settings.spool_max_age_seconds:
            raise _SpoolTooOldError
        marked = tuple(Item(msgspec.structs.replace(item.meta, maybe_duplicate=True), item.payload) for item in items)
        await self._spool.append(_encoder.encode(SpooledRecord(topic, encode_pack(marked))))
        RELAY_PACKS.labels("spool").inc()

    async def _redeliver(self, record: SpooledRecord) -> None:
        try:
            await self._kafka.send(record.topic, record.value, record.key, within=_DRAIN_PATIENCE_SECONDS)
        except RecordTooLargeError:
            items = decode_pack(record.value).items
            _log.error("Kafka refuses a spooled pack for its size: its items are lost", items=len(items))
            for item in items:
                category = category_of_format(item.meta.format)
                project, key_id = item.meta.project, item.meta.key_id
                self._outcomes.count(OutcomeKind.INVALID, Reason.TOO_LARGE, category, project=project, key_id=key_id)
        RELAY_DRAINED.inc()


def _record_of(frame: bytes) -> SpooledRecord | None:
    """Give the record in a frame; None when another version wrote it."""
    try:
        return _decoder.decode(frame)
    except msgspec.DecodeError:
        return None
