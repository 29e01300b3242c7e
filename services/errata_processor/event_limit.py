"""The largest message that `events` takes: asked at the start, once Kafka is there."""

import asyncio

from aiokafka.errors import KafkaError

from errata.contracts.topics import EVENTS
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import admin_client, check_topics, topics_on_broker

_PAUSE = 1.0


async def event_limit(settings: CommonSettings) -> int:
    """Give the largest message, in bytes, that the topic `events` takes; waits for Kafka as long as it is away.

    The broker is asked rather than our contract: with a smaller limit it would refuse the same batch again and again.
    Ends the process with status 78 when the topics are not as the settings say.
    """
    while True:
        try:
            await check_topics(settings)
            async with admin_client(settings.kafka) as client:
                there = await topics_on_broker(client, settings.topic_prefix)
            return int(there[settings.topic_prefix + EVENTS].config["max.message.bytes"])
        except KafkaError:  # a broker that has just started answers some questions before it knows its topics
            await asyncio.sleep(_PAUSE)
