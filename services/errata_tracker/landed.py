"""How far the writer is: whether what was written to a topic is in ClickHouse by now."""

import asyncio
from collections.abc import Collection, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition

from errata.contracts.groups import WRITER
from errata.contracts.topics import EVENTS, ISSUES
from errata.runtime import logging
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer as make_consumer
from errata.stores.kafka.group_offsets import committed

log = logging.get(__name__)

_WAIT_SECONDS = 1.0
_LOOK_MS = 500
"""How long to look for a record that the writer has not taken; a fetch waits 50 ms for one."""


class Landed:
    """What of the topics `events` and `issues` the writer has landed."""

    def __init__(self, settings: CommonSettings, consumer: AIOKafkaConsumer) -> None:
        """Ask with a started consumer; what it reads does not matter."""
        self._settings = settings
        self._consumer = consumer

    async def published(self, partitions: Collection[int]) -> dict[TopicPartition, int]:
        """Give where the states end that trackers have published by now; see `reached`."""
        places = [TopicPartition(self._settings.topic_prefix + ISSUES, partition) for partition in partitions]
        return dict(await self._consumer.end_offsets(places))

    def events(self, partition: int, offset: int) -> dict[TopicPartition, int]:
        """Give the events before an offset, as `reached` takes them."""
        return {TopicPartition(self._settings.topic_prefix + EVENTS, partition): offset}

    async def reached(self, until: Mapping[TopicPartition, int]) -> bool:
        """Say whether everything before these offsets is in ClickHouse."""
        offsets = await committed(self._settings, WRITER, until)
        begin = await self._consumer.beginning_offsets(list(until))
        since = {place: offsets[place].offset if place in offsets else begin[place] for place in until}
        return not await self._has_records(since, until)

    async def wait(self, until: Mapping[TopicPartition, int]) -> None:
        """Return once everything before these offsets is in ClickHouse."""
        waited = False
        while not await self.reached(until):
            if not waited:
                log.info("waiting for the writer", partitions=sorted({place.partition for place in until}))
                waited = True
            await asyncio.sleep(_WAIT_SECONDS)

    async def _has_records(self, since: Mapping[TopicPartition, int], until: Mapping[TopicPartition, int]) -> bool:
        """Say whether any record stands between two offsets: the marks that end transactions stand there, too."""
        open_places = [place for place in until if since[place] < until[place]]
        if not open_places:
            return False
        reader = make_consumer(self._settings, None)
        reader.assign(open_places)
        await reader.start()
        try:
            for place in open_places:
                reader.seek(place, since[place])
            found = await reader.getmany(*open_places, timeout_ms=_LOOK_MS, max_records=1)
            return any(record.offset < until[place] for place, records in found.items() for record in records)
        finally:
            await reader.stop()
