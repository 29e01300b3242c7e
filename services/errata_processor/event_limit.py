"""The largest message that the topic takes where events go: asked at the start, once Kafka is there."""

import asyncio

from aiokafka.errors import KafkaError

from errata.contracts.topics import EVENTS, stage_topic
from errata.runtime.settings import CommonSettings
from errata.stages.plan import Segment
from errata.stores.kafka.topics import admin_client, check_topics, topics_on_broker

_PAUSE = 1.0


async def event_limit(settings: CommonSettings, segment: Segment) -> int:
    """Give the largest message, in bytes, that a segment's events may be; waits for Kafka as long as it is away.

    The broker is asked rather than our contract: with a smaller limit it would refuse the same batch again and again.
    Ends the process with status 78 when the topics are not as the settings say.
    """
    topic = stage_topic(segment.until) if segment.until else EVENTS
    while True:
        try:
            await check_topics(settings)
            async with admin_client(settings.kafka) as client:
                there = await topics_on_broker(client, settings.topic_prefix)
            return int(there[settings.topic_prefix + topic].config["max.message.bytes"])
        except KafkaError:  # a broker that has just started answers some questions before it knows its topics
            await asyncio.sleep(_PAUSE)
