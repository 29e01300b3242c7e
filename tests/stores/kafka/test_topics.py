"""Topics: made once with what `topics.yaml` says, compared, and refused by services when they do not fit."""

import pytest
from aiokafka.admin import NewPartitions

from errata.contracts.topics import Layout, Topic, topics
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.layout import contradictions, record, recorded
from errata.stores.kafka.topics import (
    TopicOnBroker,
    TopicsError,
    admin_client,
    check_topics,
    compare,
    make_topics,
    topics_on_broker,
    wanted_topics,
)

TOPIC = Topic(
    about="",
    key="",
    message="",
    read_by=(),
    partitions="all",
    retention_hours=1,
    max_message_bytes=1000,
    public=False,
)


def on_broker(partitions=8, **config):
    settings = {name.replace("_", "."): value for name, value in config.items()}
    return TopicOnBroker(partitions=partitions, config=TOPIC.broker_config() | settings)


def test_every_topic_is_wanted_under_its_prefix_with_the_partitions_of_the_settings():
    cuts = ",".join(topic.cut_after for topic in topics().values() if topic.cut_after)
    wanted = wanted_topics(CommonSettings(topic_prefix="mine.", partitions=3, cut_after=cuts))
    assert {name.removeprefix("mine.") for name in wanted} == topics().keys()
    assert wanted["mine.layout"][1] == 1
    assert {count for name, (_, count) in wanted.items() if name != "mine.layout"} == {3}


def test_topics_of_cuts_that_are_not_made_are_not_wanted():
    assert {topics()[name].cut_after for name in wanted_topics(CommonSettings(topic_prefix="", cut_after="scrub"))} == {
        "",
        "scrub",
    }


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


@pytest.mark.parametrize(
    ("layout", "told"),
    [
        (None, ["nobody has recorded"]),
        (Layout(partitions=3, generation=1), []),
        (Layout(partitions=4, generation=1), ["made with 4 partitions; ERRATA_PARTITIONS says 3"]),
        (Layout(partitions=3, generation=2), ["of generation 2; ERRATA_GENERATION says 1"]),
    ],
)
def test_settings_that_contradict_the_record_are_told(layout, told):
    found = contradictions(layout, CommonSettings(partitions=3))
    assert len(found) == len(told)
    assert all(part in line for part, line in zip(told, found, strict=True))


@pytest.mark.stack
async def test_missing_topics_are_made_as_wanted_and_only_once(settings):
    made = await make_topics(settings)
    assert sorted(made) == sorted(wanted_topics(settings))
    assert await make_topics(settings) == []
    async with admin_client(settings.kafka) as client:
        there = await topics_on_broker(client, settings.topic_prefix)
    differences = compare(wanted_topics(settings), there)
    assert differences.fatal == differences.notable == ()
    assert await recorded(settings) == Layout(partitions=3, generation=1)


@pytest.mark.stack
async def test_existing_topics_and_their_record_are_left_as_they_are(settings):
    await make_topics(settings)
    assert await make_topics(settings.model_copy(update={"partitions": 5, "generation": 2})) == []
    async with admin_client(settings.kafka) as client:
        there = await topics_on_broker(client, settings.topic_prefix)
    assert {topic.partitions for name, topic in there.items() if not name.endswith("layout")} == {3}
    assert await recorded(settings) == Layout(partitions=3, generation=1)


@pytest.mark.stack
async def test_the_last_record_holds(settings):
    await make_topics(settings)
    for generation in (2, 3):
        await record(settings, Layout(partitions=3, generation=generation))
    assert await recorded(settings) == Layout(partitions=3, generation=3)


@pytest.mark.stack
async def test_what_the_broker_refuses_is_told(settings):
    with pytest.raises(TopicsError, match="replication factor"):
        await make_topics(settings, replication=3)


@pytest.mark.stack
async def test_a_service_starts_only_on_topics_made_with_its_settings(settings, capsys):
    async def refusal(**other):
        with pytest.raises(SystemExit) as end:
            await check_topics(settings.model_copy(update=other))
        assert end.value.code == 78
        return capsys.readouterr().err

    assert "ingest is missing" in await refusal()
    await make_topics(settings)
    await check_topics(settings)
    told = await refusal(partitions=4)
    assert "has 3 partitions; ERRATA_PARTITIONS says 4" in told
    assert "errata topics" in told
    assert "of generation 1; ERRATA_GENERATION says 2" in await refusal(generation=2)


@pytest.mark.stack
async def test_topics_that_were_given_more_partitions_are_refused_though_the_setting_agrees(settings, capsys):
    await make_topics(settings)
    more = {name: NewPartitions(4) for name in wanted_topics(settings) if not name.endswith("layout")}
    async with admin_client(settings.kafka) as client:
        await client.create_partitions(more)
    with pytest.raises(SystemExit):
        await check_topics(settings.model_copy(update={"partitions": 4}))
    assert "made with 3 partitions; ERRATA_PARTITIONS says 4" in capsys.readouterr().err
