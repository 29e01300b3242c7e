"""The servers that other tests rely on are real and answer."""

import clickhouse_connect
import pytest
from aiokafka import AIOKafkaProducer
from redis import Redis

from errata.stores.kafka.connection import connection_options

pytestmark = pytest.mark.stack


async def test_kafka_answers(kafka_url):
    producer = AIOKafkaProducer(**connection_options(kafka_url))
    await producer.start()
    nodes = producer.client.cluster.brokers()
    await producer.stop()
    assert len(nodes) == 1


def test_redis_answers_and_is_empty(redis_db):
    with Redis.from_url(redis_db) as client:
        assert client.dbsize() == 0
        assert client.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"


def test_clickhouse_answers_in_a_database_of_ones_own(clickhouse_database):
    with clickhouse_connect.get_client(dsn=clickhouse_database) as client:
        assert client.query("SHOW TABLES").row_count == 0
        assert client.database == clickhouse_database.rpartition("/")[2]
