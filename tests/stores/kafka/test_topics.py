"""Topics: made once with what `topics.yaml` says, compared, and refused by services when they do not fit."""

import pytest

from errata.contracts.topics import Topic, topics
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import (
    TopicOnBroker,
    TopicsError,
    admin_client,
    check_partitions,
    compare,
    make_missing,
    topics_on_broker,
    wanted_topics,
)

TOPIC = Topic(
    about="",
    key="",
    message="",
    producers=(),
    consumers=(),
    partitions="all",
    retention_hours=1,
    max_message_bytes=1000,
    public=False,
)


def on_broker(partitions=8, **config):
    settings = {name.replace("_", "."): value for name, value in config.items()}
    return TopicOnBroker(partitions=partitions, config=TOPIC.broker_config() | settings)


def test_every_topic_is_wanted_under_its_prefix_with_the_partitions_of_the_settings():
    wanted = wanted_topics("mine.", 3)
    assert {name.removeprefix("mine.") for name in wanted} == topics().keys()
    assert {count for _, count in wanted.values()} == {3}


def test_topics_that_are_as_they_should_be_differ_in_nothing():
    differences = compare({"a": (TOPIC, 8)}, {"a": on_broker()})
    assert differences.fatal == differences.notable == ()


def test_a_missing_topic_and_another_partition_count_are_fatal():
    differences = compare({"a": (TOPIC, 8), "b": (TOPIC, 8)}, {"b": on_broker(partitions=4)})
    assert differences.fatal == ("topic a is missing", "topic b has 4 partitions; ERRATA_PARTITIONS says 8")
    assert differences.notable == ()


def test_other_settings_are_told_and_tolerated():
    differences = compare({"a": (TOPIC, 8)}, {"a": on_broker(retention_ms="5")})
    assert differences.fatal == ()
    assert differences.notable == ("topic a: retention.ms is 5, not 3600000",)


@pytest.fixture
def settings(kafka_url, topic_prefix):
    return CommonSettings(kafka=kafka_url, topic_prefix=topic_prefix, partitions=3)


@pytest.mark.stack
async def test_missing_topics_are_made_as_wanted_and_only_once(settings):
    async with admin_client(settings.kafka) as client:
        made = await make_missing(client, settings.topic_prefix, 3)
        assert sorted(made) == sorted(wanted_topics(settings.topic_prefix, 3))
        assert await make_missing(client, settings.topic_prefix, 3) == []
        there = await topics_on_broker(client, settings.topic_prefix)
    differences = compare(wanted_topics(settings.topic_prefix, 3), there)
    assert differences.fatal == differences.notable == ()


@pytest.mark.stack
async def test_existing_topics_are_left_as_they_are(settings):
    async with admin_client(settings.kafka) as client:
        await make_missing(client, settings.topic_prefix, 3)
        assert await make_missing(client, settings.topic_prefix, 5) == []
        there = await topics_on_broker(client, settings.topic_prefix)
    assert {topic.partitions for topic in there.values()} == {3}


@pytest.mark.stack
async def test_what_the_broker_refuses_is_told(settings):
    async with admin_client(settings.kafka) as client:
        with pytest.raises(TopicsError, match="replication factor"):
            await make_missing(client, settings.topic_prefix, 3, replication=3)


@pytest.mark.stack
async def test_a_service_starts_only_on_the_partitions_it_was_set_to(settings, capsys):
    with pytest.raises(SystemExit) as end:
        await check_partitions(settings)
    assert end.value.code == 78
    assert "ingest is missing" in capsys.readouterr().err

    async with admin_client(settings.kafka) as client:
        await make_missing(client, settings.topic_prefix, 3)
    await check_partitions(settings)

    with pytest.raises(SystemExit) as end:
        await check_partitions(settings.model_copy(update={"partitions": 4}))
    assert end.value.code == 78
    told = capsys.readouterr().err
    assert "has 3 partitions; ERRATA_PARTITIONS says 4" in told
    assert "errata topics" in told
