"""What giving up a producer relies on in aiokafka; one of these fails when an upgrade changes it."""

import asyncio
import gc
import inspect
import warnings

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.producer.sender import Sender

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import idempotent_producer
from errata_relay import kafka_link


def test_a_producer_warns_unless_it_is_marked_as_closed_and_its_stop_waits_for_delivery():
    assert AIOKafkaProducer._closed is None
    assert "_closed is False" in inspect.getsource(AIOKafkaProducer.__del__)
    assert "_message_accumulator.close" in inspect.getsource(AIOKafkaProducer.stop)  # or `stop` would do
    assert inspect.iscoroutinefunction(Sender.close)


@pytest.mark.stack
async def test_a_producer_that_is_given_up_leaves_nothing_running(kafka_url, topics):
    before = asyncio.all_tasks()
    settings = CommonSettings(kafka=kafka_url, topic_prefix=topics)
    producer = idempotent_producer(settings)
    await producer.start()
    await producer.send_and_wait(topics + "ingest", b"delivered")
    await producer.send(topics + "ingest", b"under way")
    sending = producer._sender.sender_task
    await kafka_link.abandon(producer)
    assert sending.done()
    assert asyncio.all_tasks() - before == set()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        del producer, sending
        gc.collect()


async def test_a_producer_that_never_connected_can_be_given_up():
    before = asyncio.all_tasks()
    await kafka_link.abandon(idempotent_producer(CommonSettings(kafka="kafka://127.0.0.1:9")))
    assert asyncio.all_tasks() - before == set()
