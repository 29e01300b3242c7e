"""The topics on a broker against those of `topics.yaml`: made when missing, compared, checked at every service's start.

Existing topics are never changed: partition counts decide where a key goes, so a change of them is a migration, and
other settings are an operator's to choose. Differences are told instead.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from errata.contracts.topics import Layout, Topic, topics
from errata.runtime import logging
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import connection_options
from errata.stores.kafka.layout import contradictions, record, recorded

BROKER_DEFAULT = -1
"""As a replication factor: what the broker's `default.replication.factor` says."""
_RETRY_SECONDS = 0.2
# What the controller knows reaches the broker's metadata a little later, most of all while a broker starts.
_SETTLE_SECONDS = 5.0

log = logging.get(__name__)


class TopicsError(Exception):
    """The broker refused a topic."""


class TopicOnBroker(msgspec.Struct, frozen=True, kw_only=True):
    """One topic as it is."""

    partitions: int
    config: dict[str, str]


class Differences(msgspec.Struct, frozen=True, kw_only=True):
    """What is not as `topics.yaml` and the settings say; each a line for people."""

    fatal: tuple[str, ...]
    """Missing topics and other partition counts: services refuse to start."""
    notable: tuple[str, ...]
    """Other settings: an operator's choice, or yesterday's `topics.yaml`."""


def wanted_topics(settings: CommonSettings) -> dict[str, tuple[Topic, int]]:
    """Give every topic by its full name, with its partition count."""
    return {
        settings.topic_prefix + name: (
            topic,
            settings.partitions if topic.partitions == "all" else int(topic.partitions),
        )
        for name, topic in topics().items()
        if topic.cut_after in {"", *settings.cuts}
    }


def compare(wanted: Mapping[str, tuple[Topic, int]], there: Mapping[str, TopicOnBroker]) -> Differences:
    """Give how the topics that are there differ from those that should be."""
    fatal, notable = [], []
    for name, (topic, partitions) in wanted.items():
        found = there.get(name)
        if found is None:
            fatal.append(f"topic {name} is missing")
            continue
        if found.partitions != partitions:
            fatal.append(f"topic {name} has {found.partitions} partitions; ERRATA_PARTITIONS says {partitions}")
        for setting, value in topic.broker_config().items():
            if found.config.get(setting) != value:
                notable.append(f"topic {name}: {setting} is {found.config.get(setting)}, not {value}")
    return Differences(fatal=tuple(fatal), notable=tuple(notable))


@asynccontextmanager
async def admin_client(url: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give a connected admin client.

    Raises:
        KafkaConnectionError: no broker answers.

    """
    client = AIOKafkaAdminClient(**connection_options(url))
    await client.start()
    try:
        yield client
    finally:
        await client.close()


async def topics_on_broker(client: AIOKafkaAdminClient, prefix: str) -> dict[str, TopicOnBroker]:
    """Give those of Errata's topics with this prefix that exist, by full name."""
    names = [prefix + name for name in topics()]
    there = {
        topic["topic"]: len(topic["partitions"])
        for topic in await client.describe_topics(names)
        if topic["error_code"] != UnknownTopicOrPartitionError.errno
    }
    if not there:
        return {}
    settings = dict.fromkeys(("max.message.bytes", "cleanup.policy", "retention.ms", "min.compaction.lag.ms"))
    resources = [ConfigResource(ConfigResourceType.TOPIC, name, configs=settings) for name in there]
    configs = {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in await client.describe_configs(resources)
        for resource in answer.resources
    }
    return {
        name: TopicOnBroker(partitions=partitions, config=configs.get(name, {})) for name, partitions in there.items()
    }


async def make_topics(settings: CommonSettings, replication: int = BROKER_DEFAULT) -> list[str]:
    """Make the topics that are missing, record what they are made with, and give their full names.

    Raises:
        TopicsError: the broker refused one, or does not show it.
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    wanted = wanted_topics(settings)
    async with admin_client(settings.kafka) as client:
        there = await topics_on_broker(client, settings.topic_prefix)
        missing = {name: topic for name, topic in wanted.items() if name not in there}
        if missing:
            await _make(client, settings.topic_prefix, missing, replication)
        wrong = compare(wanted, await topics_on_broker(client, settings.topic_prefix)).fatal
    if not wrong and await recorded(settings) is None:
        await record(settings, Layout(partitions=settings.partitions, generation=settings.generation))
    return list(missing)


async def _make(
    client: AIOKafkaAdminClient, prefix: str, missing: Mapping[str, tuple[Topic, int]], replication: int
) -> None:
    """Make topics, and return once clients can see them."""
    # With the broker's own replication factor aiokafka wants an (empty) assignment, and refuses one otherwise.
    assignment: dict[int, list[int]] | None = {} if replication == BROKER_DEFAULT else None
    answer = await client.create_topics(
        [
            NewTopic(name, count, replication, assignment, topic_configs=topic.broker_config())
            for name, (topic, count) in missing.items()
        ]
    )
    for name, code, text in answer.topic_errors:
        # Somebody else may be making them at the same time.
        if code not in {0, TopicAlreadyExistsError.errno}:
            raise TopicsError(f"topic {name}: {text or for_code(code).__name__}")
    unseen = await _settled(client, prefix, missing)
    if unseen:
        raise TopicsError("made, and yet " + "; ".join(unseen))


async def check_topics(settings: CommonSettings) -> None:
    """Return when every topic is there, made with what the settings say; every service calls it at its start.

    Waits while no broker answers, or one that is not ready itself. Ends the process with status 78 (EX_CONFIG), naming
    what is wrong and the command that tells more, when a topic is missing, or its partition count or the generation is
    another.
    """
    told = ""
    while True:
        try:
            wrong = await _refusals(settings)
            break
        except KafkaError as error:
            if told != type(error).__name__:
                told = type(error).__name__
                log.warning("waiting for Kafka", error=told)
        await asyncio.sleep(_RETRY_SECONDS)
    if wrong:
        lines = [*wrong, "`errata topics apply` makes missing topics; `errata topics check` compares all of them"]
        print("\n".join(lines), file=sys.stderr)  # noqa: T201 - as `settings.load`: for who starts the service
        raise SystemExit(os.EX_CONFIG)


async def _refusals(settings: CommonSettings) -> tuple[str, ...]:
    async with admin_client(settings.kafka) as client:
        wanted = wanted_topics(settings)
        wrong = await _settled(client, settings.topic_prefix, wanted)
    return wrong or contradictions(await recorded(settings), settings)


async def _settled(
    client: AIOKafkaAdminClient, prefix: str, wanted: Mapping[str, tuple[Topic, int]]
) -> tuple[str, ...]:
    """Give what is fatally wrong with topics, once that has not gone away by itself."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while wrong := compare(wanted, await topics_on_broker(client, prefix)).fatal:
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(_RETRY_SECONDS)
    return wrong
