"""What the topics were made with, recorded beside them: services refuse to start when their settings say otherwise.

A partition count decides where a key goes, and a generation tells offsets from those of topics that were recreated: one
service with another setting would break promises that all others keep. The record is the last one of the compacted
topic `layout`; `errata topics apply` writes it with the topics, `errata topics recreate` raises its generation.
"""

import msgspec
from aiokafka import TopicPartition

from errata.contracts.topics import LAYOUT, Layout
from errata.runtime.settings import CommonSettings
from errata.stores.kafka.connection import consumer, idempotent_producer

_KEY = b"layout"


class OtherGenerationError(Exception):
    """A committed position belongs to topics that are gone: recreating them was not finished."""


def note(generation: int, more: str = "") -> str:
    """Give what is committed beside an offset: the generation that it belongs to, and whatever a service adds."""
    return f"{generation} {more}".rstrip()


def read_note(text: str, generation: int) -> str:
    """Give what a service added to a note; an empty note says nothing.

    Raises:
        OtherGenerationError: the offset belongs to another generation than this one.

    """
    noted, _, more = text.partition(" ")
    if noted.isdecimal() and int(noted) != generation:
        raise OtherGenerationError(f"a position is of generation {noted}, not {generation}")
    return more


async def recorded(settings: CommonSettings) -> Layout | None:
    """Give what the topics were made with; None when nobody has recorded it.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer.
        msgspec.DecodeError: the record is none of ours.

    """
    place = TopicPartition(settings.topic_prefix + LAYOUT, 0)
    value: bytes | None = None
    async with consumer(settings, None) as log:
        log.assign([place])
        end = (await log.end_offsets([place]))[place]
        log.seek(place, (await log.beginning_offsets([place]))[place])
        while await log.position(place) < end:
            for record in (await log.getmany(timeout_ms=1_000)).get(place, ()):
                value = record.value
    return None if value is None else msgspec.json.decode(value, type=Layout)


async def record(settings: CommonSettings, layout: Layout) -> None:
    """Record what the topics are made with from now on; raises KafkaError when Kafka does not take it."""
    async with idempotent_producer(settings) as producer:
        await producer.send_and_wait(settings.topic_prefix + LAYOUT, msgspec.json.encode(layout), key=_KEY)


def contradictions(layout: Layout | None, settings: CommonSettings) -> tuple[str, ...]:
    """Give where the settings contradict the record, each a line for people."""
    if layout is None:
        return ("nobody has recorded what the topics were made with",)
    lines = []
    if layout.partitions != settings.partitions:
        lines.append(
            f"topics were made with {layout.partitions} partitions; ERRATA_PARTITIONS says {settings.partitions}"
        )
    if layout.generation != settings.generation:
        lines.append(f"topics are of generation {layout.generation}; ERRATA_GENERATION says {settings.generation}")
    return tuple(lines)
