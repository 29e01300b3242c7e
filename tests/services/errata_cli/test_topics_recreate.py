"""Topics are recreated in the next generation, while nobody reads them, and only once a person has said so."""

import asyncio

import pytest
from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata

from errata.contracts.groups import PROCESSOR
from errata.contracts.topics import INGEST, Layout
from errata.stores.kafka.connection import consumer, idempotent_producer
from errata.stores.kafka.group_offsets import committed, move
from errata.stores.kafka.layout import recorded
from errata.stores.kafka.topics import check_topics, make_topics
from errata_cli.commands.run import CannotTellError
from errata_cli.commands.topic_settings import TopicSettings
from errata_cli.commands.topics_recreate import _recreate

pytestmark = pytest.mark.stack


@pytest.fixture
async def settings(kafka_url, topic_prefix):
    """Topics of two partitions, with five records that the processor has not read."""
    own = TopicSettings(kafka=kafka_url, topic_prefix=topic_prefix, partitions=2)
    await make_topics(own)
    async with idempotent_producer(own) as producer:
        for _ in range(7):
            await producer.send_and_wait(topic_prefix + INGEST, b"a pack", partition=0)
    await move(own, PROCESSOR, {TopicPartition(topic_prefix + INGEST, 0): OffsetAndMetadata(2, "1")})
    return own


async def test_topics_are_made_anew_in_the_next_generation(settings, capsys):
    wanted = settings.model_copy(update={"partitions": 3})
    assert await _recreate(wanted, ask=False) == 0
    told = capsys.readouterr().out
    assert "the processor has not read 5 records" in told
    assert "from 2 partitions in generation 1 to 3 in 2" in told
    assert "ERRATA_GENERATION=2" in told
    assert await recorded(settings) == Layout(partitions=3, generation=2)
    await check_topics(wanted.model_copy(update={"generation": 2}))
    place = TopicPartition(settings.topic_prefix + INGEST, 0)
    async with consumer(settings, None) as log:
        assert await log.end_offsets([place]) == {place: 0}
    async with asyncio.timeout(20):  # the coordinator hears of it a little later
        while await committed(settings, PROCESSOR, [place]):
            await asyncio.sleep(0.1)


async def test_nobody_who_was_not_asked_loses_anything(settings, capsys):
    assert await _recreate(settings, ask=True) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert await recorded(settings) == Layout(partitions=2, generation=1)
    await check_topics(settings)


async def test_topics_that_somebody_reads_are_left_alone(settings):
    async with consumer(settings, PROCESSOR) as member:
        member.subscribe([settings.topic_prefix + INGEST])
        while not member.assignment():
            await asyncio.sleep(0.05)
        with pytest.raises(CannotTellError, match="a processor is running"):
            await _recreate(settings, ask=False)
    await check_topics(settings)
