"""How far each group has come, and waiting until what is to be judged has landed."""

import asyncio
import time
from collections.abc import Iterator, Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from errata.contracts import groups, topics
from errata.runtime.settings import CommonSettings
from errata.stages.plan import plan

WRITTEN = topics.topics_of(groups.WRITER)
"""What the writer lands."""

_LOOK_AGAIN_S = 0.5
_FETCH_MS = 500

Ends = Mapping[str, Mapping[int, int]]
"""By topic, without its prefix, and partition number: the offset after the last committed record."""


class Positions:
    """Committed offsets and the ends of topics, read through one admin client and one consumer without a group."""

    def __init__(self, settings: CommonSettings, admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer) -> None:
        self._settings = settings
        self._admin = admin
        self._reader = reader

    def readings(self) -> Iterator[tuple[str, str]]:
        """Give each group with each topic that it must read."""
        for name, topic in topics.topics().items():
            if topic.cut_after in {"", *self._settings.cuts}:
                for group in topic.read_by:
                    yield group, name

    async def committed(self, group: str, topic: str) -> dict[int, int]:
        """Give how far a group has come; partitions where it committed nothing are left out."""
        offsets = await self._admin.list_consumer_group_offsets(self._settings.topic_prefix + group)
        name = self._settings.topic_prefix + topic
        return {place.partition: meta.offset for place, meta in offsets.items() if place.topic == name}

    async def ends(self, *names: str) -> Ends:
        """Give where each topic's committed records end now."""
        places = [self._place(name, number) for name in names for number in range(self._settings.partitions)]
        found: dict[str, dict[int, int]] = {name: {} for name in names}
        for place, offset in (await self._reader.end_offsets(places)).items():
            found[place.topic.removeprefix(self._settings.topic_prefix)][place.partition] = offset
        return found

    async def starts(self, name: str) -> dict[int, int]:
        """Give where each partition of a topic begins now; what stood before it was deleted."""
        places = [self._place(name, number) for number in range(self._settings.partitions)]
        return {place.partition: offset for place, offset in (await self._reader.beginning_offsets(places)).items()}

    async def lag(self, group: str, goals: Ends) -> int:
        """Give by how many offsets a group is short of the goals, in partitions where there is anything to read.

        After the last record of a partition may stand the markers of transactions, which a group need not commit.
        """
        lag = 0
        for topic, ends in goals.items():
            at = await self.committed(group, topic)
            for number, end in ends.items():
                start = at.get(number, 0)
                if start < end and await self._readable(self._place(topic, number), start, end):
                    lag += end - start
        return lag

    async def wait(self, group: str, goals: Ends, deadline: float) -> int:
        """Wait until a group has passed the goals, at most until a moment of `time.monotonic`; give what is lacking."""
        while True:
            lag = await self.lag(group, goals)
            if lag == 0 or time.monotonic() >= deadline:
                return lag
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def settle(self, deadline: float) -> None:
        """Wait until what has come in so far has gone through every service."""
        for segment in plan(self._settings.cuts):
            await self.wait(segment.group, await self.ends(segment.source), deadline)
        await self.wait(groups.TRACKER, await self.ends(topics.EVENTS), deadline)
        await self.wait(groups.WRITER, await self.ends(*WRITTEN), deadline)

    async def _readable(self, place: TopicPartition, start: int, end: int) -> bool:
        self._reader.assign([place])
        self._reader.seek(place, max(start, (await self._reader.beginning_offsets([place]))[place]))
        while await self._reader.position(place) < end:
            if await self._reader.getmany(timeout_ms=_FETCH_MS, max_records=1):
                return True
        return False

    def _place(self, topic: str, number: int) -> TopicPartition:
        return TopicPartition(self._settings.topic_prefix + topic, number)
