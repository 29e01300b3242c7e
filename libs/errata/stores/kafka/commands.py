"""Sending commands to the tracker, and waiting for the transition that says one was carried out."""

import asyncio
from collections.abc import Sequence

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from errata.contracts.messages import Command, Transition, encode
from errata.contracts.topics import COMMANDS, TRANSITIONS
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, idempotent_producer, started

_decode = msgspec.json.Decoder(Transition).decode


async def send_command(
    settings: CommonSettings, command: Command, transition: str, seconds: float
) -> Transition | None:
    """Give the transition that a command led to; None when none came in time, though one still may.

    Args:
        settings: where Kafka is, and the prefix.
        command: what to do.
        transition: the id of the transition that it will lead to.
        seconds: how long to wait for it; 0 sends the command only.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer; the command may or may not have been taken.

    """
    async with started(consumer(settings, None)) as reader:
        # From before the command was sent, so that no answer is too quick.
        places = [TopicPartition(settings.topic_prefix + TRANSITIONS, number) for number in range(settings.partitions)]
        reader.assign(places)
        for place, end in (await reader.end_offsets(places)).items():
            reader.seek(place, end)
        async with started(idempotent_producer(settings)) as producer:
            await producer.send_and_wait(
                settings.topic_prefix + COMMANDS, encode(command), key=command.issue_id.encode()
            )
        if not seconds:
            return None
        try:
            return await asyncio.wait_for(_find(reader, transition), seconds)
        except TimeoutError:
            return None


async def send_commands(settings: CommonSettings, commands: Sequence[Command]) -> None:
    """Return once Kafka has taken all of these commands.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer; each command may or may not have been taken.

    """
    async with started(idempotent_producer(settings)) as producer:
        topic = settings.topic_prefix + COMMANDS
        sent = [await producer.send(topic, encode(one), key=one.issue_id.encode()) for one in commands]
        await asyncio.gather(*sent)


async def _find(reader: AIOKafkaConsumer, wanted: str) -> Transition:
    while True:
        for records in (await reader.getmany(timeout_ms=1_000)).values():
            for record in records:
                transition = _decode(record.value)
                if transition.id == wanted:
                    return transition
