"""What Kafka takes: asked at the start, once Kafka is there."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from errata.runtime import logging
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import connection_options

_LIMIT = "max.message.bytes"
_PAUSE = 1.0

log = logging.get(__name__)


async def message_limit(settings: CommonSettings, topic: str) -> int:
    """Give the largest message, in bytes, that a topic takes; waits for Kafka as long as it is away.

    The broker is asked rather than our contract: a smaller limit there would refuse a batch again and again.
    """
    said = False
    while True:
        admin = AIOKafkaAdminClient(**connection_options(settings.kafka))
        try:
            await admin.start()
            resource = ConfigResource(ConfigResourceType.TOPIC, settings.topic_prefix + topic, {_LIMIT: ""})
            (answer,) = await admin.describe_configs([resource])
            return int(answer.resources[0][4][0][1])
        except (KafkaError, OSError, IndexError):
            if not said:
                log.warning("waiting for Kafka and its topics", topic=settings.topic_prefix + topic)
                said = True
            await asyncio.sleep(_PAUSE)
        finally:
            await admin.close()
