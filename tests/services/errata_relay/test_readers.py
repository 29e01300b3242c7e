"""Before Kafka deletes what nobody has read, clients are told to wait: nothing that was accepted is lost that way."""

import base64
import os

import httpx2
import pytest
from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from aiokafka.structs import OffsetAndMetadata
from tests.services.errata_relay.running import PARTITIONS, auth, envelope

from errata.contracts.groups import PROCESSOR
from errata.contracts.topics import INGEST
from errata.stores.kafka.group_offsets import move
from errata.stores.kafka.topics import admin_client

pytestmark = pytest.mark.stack


@pytest.fixture
async def small_ingest(kafka_url: str, topic_prefix: str) -> str:
    """Make `ingest`, of which little is kept; the others are made when it is there."""
    async with admin_client(kafka_url) as client:
        config = {"retention.bytes": "60000", "max.message.bytes": "2097152"}
        await client.create_topics([NewTopic(topic_prefix + INGEST, PARTITIONS, 1, topic_configs=config)])
    return topic_prefix + INGEST


async def test_new_items_are_refused_until_the_readers_catch_up(small_ingest, start_relay, wait_until):
    relay = start_relay(unread_check_seconds=0.1)

    def post(kind: str = "event") -> httpx2.Response:
        payload = b'{"message":"%s"}' % base64.b64encode(os.urandom(6_000))
        return httpx2.post(f"{relay.url}/api/42/envelope/", headers=auth(), content=envelope((kind, payload)))

    await wait_until(lambda: post().status_code == 429)
    answer = post()
    assert (answer.status_code, answer.json()["reason"]) == (429, "readers_behind")
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["x-sentry-rate-limits"] == "10:error:organization:readers_behind"
    assert httpx2.get(f"{relay.url}/health/ready").json()["missing"] == ["room in ingest"]
    assert relay.metric("errata_relay_readers_behind") == 1
    assert post("session").status_code == 200
    assert relay.log.read_text().count("near their deletion") == 1
    kept = len(await relay.items())
    ends = {TopicPartition(small_ingest, number): OffsetAndMetadata(kept, "") for number in range(PARTITIONS)}
    await move(relay.common, PROCESSOR, ends)
    await wait_until(lambda: post().status_code == 200)
    assert httpx2.get(f"{relay.url}/health/ready").status_code == 200
    assert relay.stop() == 0
    assert (await relay.outcomes()).keys() == {("rate_limited", "readers_behind", "error", 42)}
    assert len(await relay.items()) < 60_000 * PARTITIONS / 6_000
