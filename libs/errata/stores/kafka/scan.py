"""Reading what a topic holds now, once, for tools: from a time on, to the end as it was when asked."""

from collections.abc import AsyncIterator, Callable

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, started

Progress = Callable[[int, int], None]
"""Is told how many records lie behind, and how many there are."""


async def scan(
    settings: CommonSettings, topic: str, *, since: int = 0, progress: Progress | None = None
) -> AsyncIterator[ConsumerRecord]:
    """Give each committed record of a topic, of one partition after the other's in no set order.

    Args:
        settings: where Kafka is, and the prefix.
        topic: without the prefix.
        since: records from this time on, microseconds; 0 is all that are kept.
        progress: is told after each fetch.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    name = settings.topic_prefix + topic
    async with started(consumer(settings, None)) as reader:
        places = [TopicPartition(name, partition) for partition in reader.partitions_for_topic(name) or ()]
        places = places or [TopicPartition(name, partition) for partition in range(settings.partitions)]
        reader.assign(places)
        ends = await reader.end_offsets(places)
        starts = await _starts(reader, places, ends, since)
        for place, offset in starts.items():
            reader.seek(place, offset)
        left = [place for place in places if starts[place] < ends[place]]
        total = sum(ends[place] - starts[place] for place in places)
        while left:
            for records in (await reader.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
            at = {place: await reader.position(place) for place in places}
            left = [place for place in left if at[place] < ends[place]]
            if progress is not None:
                progress(sum(min(at[place], ends[place]) - starts[place] for place in places), total)


async def record_at(settings: CommonSettings, topic: str, partition: int, offset: int) -> ConsumerRecord | None:
    """Give the record at an offset of a topic, named without its prefix; None when it is not there (any more).

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    place = TopicPartition(settings.topic_prefix + topic, partition)
    async with started(consumer(settings, None)) as reader:
        reader.assign([place])
        if not (await reader.beginning_offsets([place]))[place] <= offset < (await reader.end_offsets([place]))[place]:
            return None
        reader.seek(place, offset)
        record = await reader.getone(place)
        return record if record.offset == offset else None


async def _starts(
    reader: AIOKafkaConsumer, places: list[TopicPartition], ends: dict[TopicPartition, int], since: int
) -> dict[TopicPartition, int]:
    beginnings: dict[TopicPartition, int] = await reader.beginning_offsets(places)
    if not since:
        return beginnings
    found = await reader.offsets_for_times(dict.fromkeys(places, since // 1000))
    return {place: ends[place] if found[place] is None else found[place].offset for place in places}
