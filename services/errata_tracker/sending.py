"""Messages that were decided but not yet sent: how the outbox names them, and how one transaction sends them all."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from errata.contracts.groups import TRACKER
from errata.contracts.messages import Alert, Transition, encode
from errata.contracts.topics import ALERTS, COMMANDS, EVENTS, ISSUES, TRANSITIONS
from errata.runtime.settings import CommonSettings
from errata.stores.redis.partition_state import Position

_STATE = "state"


def name_state(issue: str) -> str:
    """Give the name of an issue's state in the outbox. Its value is empty: the record holds it, always the newest."""
    return f"{_STATE} {ISSUES} {issue}"


def name_messages(position: Position, told: Iterable[Transition | Alert]) -> Iterator[tuple[str, bytes]]:
    """Give name and value of what a batch tells; names sort in the order of telling, before any state."""
    for number, message in enumerate(told):
        topic = ALERTS if isinstance(message, Alert) else TRANSITIONS
        place = f"{position.events:020}-{position.commands:020}-{position.steps:06}"
        name = f"{place}-{number:06} {topic} {message.issue_id}"
        yield name, encode(message)


def is_state(name: str) -> bool:
    """Say whether a name is that of a state; what is none should not wait."""
    return name.startswith(_STATE)


def issue_of(name: str) -> str:
    """Give the issue that a message is about."""
    return name.split(" ", 2)[2]


class _Fired(msgspec.Struct):
    fired_at: int


_decode_fired = msgspec.json.Decoder(_Fired).decode


def alert_times(outbox: Mapping[str, bytes]) -> Iterator[int]:
    """Give when each alert in an outbox fired, microseconds."""
    for name, value in outbox.items():
        if name.split(" ", 2)[1] == ALERTS:
            yield _decode_fired(value).fired_at


class Sender:
    """Sends what one partition's tracker has decided: everything, and the position it led to, or nothing.

    All goes to the partition with the tracker's own number, so that whoever waits for "all of partition q" can.
    """

    def __init__(self, producer: AIOKafkaProducer, settings: CommonSettings, partition: int) -> None:
        self._producer = producer
        self._prefix = settings.topic_prefix
        self._partition = partition

    async def send(self, outbox: Mapping[str, bytes], states: Mapping[str, bytes], position: Position) -> None:
        """Send the outbox, states by issue in place of their empty values, and commit the position to Kafka.

        Raises:
            ProducerFenced: another tracker owns the partition now.
            KafkaError: Kafka took it too long; nothing of it will be seen.

        """
        async with self._producer.transaction():
            futures = []
            for name in sorted(outbox):
                _, topic, issue = name.split(" ", 2)
                value = states.get(issue) if is_state(name) else outbox[name]
                if value is None:  # lost by Redis meanwhile: its state is told when it is found again
                    continue
                futures.append(
                    await self._producer.send(
                        self._prefix + topic, value, key=issue.encode(), partition=self._partition
                    )
                )
            # Inside the transaction: otherwise it would commit without what the broker refused.
            await asyncio.gather(*futures)
            note = str(position.generation)
            await self._producer.send_offsets_to_transaction(
                {
                    TopicPartition(self._prefix + EVENTS, self._partition): OffsetAndMetadata(position.events, note),
                    TopicPartition(self._prefix + COMMANDS, self._partition): OffsetAndMetadata(
                        position.commands, note
                    ),
                },
                self._prefix + TRACKER,
            )
