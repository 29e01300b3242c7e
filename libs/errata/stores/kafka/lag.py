"""How many records lie before a consumer, asked for in the background: true when nothing moves, too.

A gauge that is set after each batch stands still just when it matters: while the consumer waits for a store that is
away. So the ends of the log are asked for here, on a connection of their own, whatever the consumer does meanwhile.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import NoReturn

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from errata.runtime import metrics
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, started

INTERVAL_SECONDS = 2.0


async def report_lag(
    name: str,
    settings: CommonSettings,
    positions: Callable[[], Mapping[TopicPartition, int]],
    *,
    seconds: float = INTERVAL_SECONDS,
) -> NoReturn:
    """Keep `errata_consumer_lag_records` true, until cancelled. While Kafka is away it keeps its last values.

    Ends are those that a reader of committed records can reach. Markers of transactions count as records, so where a
    topic is written in transactions, positions should be those that reading has reached (`consumer.position`).

    Args:
        name: of the consumer, as in the metric's label.
        settings: where Kafka is, and the prefix; labels are without it.
        positions: gives the next offset to read of every partition that is owned now.
        seconds: between two questions.

    """
    shown: dict[TopicPartition, int] = {}
    while True:
        with contextlib.suppress(KafkaError):
            async with started(consumer(settings, None)) as log:
                while True:
                    owned = dict(positions())
                    ends = await log.end_offsets(list(owned)) if owned else {}
                    behind = {place: max(0, ends[place] - position) for place, position in owned.items()}
                    _show(name, settings.topic_prefix, behind, shown)
                    shown = behind
                    await asyncio.sleep(seconds)
        await asyncio.sleep(seconds)


def _show(name: str, prefix: str, behind: Mapping[TopicPartition, int], shown: Mapping[TopicPartition, int]) -> None:
    for topic, partition in shown.keys() - behind.keys():  # somebody else's by now
        metrics.CONSUMER_LAG.remove(name, topic.removeprefix(prefix), partition)
    for (topic, partition), records in behind.items():
        metrics.CONSUMER_LAG.labels(name, topic.removeprefix(prefix), partition).set(records)
