"""A batch: what the fetched records of a partition say, and the position after them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from aiokafka.structs import ConsumerRecord

from errata.contracts.flat_event import FlatEvent, decode_flat
from errata.contracts.messages import Command
from errata.runtime import logging, metrics
from errata.stores.redis.partition_state import Position

log = logging.get(__name__)

_decode_command = msgspec.json.Decoder(Command).decode


class Batch(NamedTuple):
    """Events with their offsets by issue, so that a storm of one issue is folded once; and commands in order."""

    events: Mapping[str, Sequence[tuple[int, FlatEvent]]]
    commands: Sequence[Command]
    position: Position


def read_batch(happened: Sequence[ConsumerRecord], ordered: Sequence[ConsumerRecord], before: Position) -> Batch:
    """Give what records of `events` and of `commands` say.

    A record that is no message of its topic is counted and named in the log, never waited for.
    """
    events: defaultdict[str, list[tuple[int, FlatEvent]]] = defaultdict(list)
    for record in happened:
        try:
            event = decode_flat(record.value or b"")
        except msgspec.DecodeError:
            _poison(record)
        else:
            events[event.group_hash].append((record.offset, event))
    commands = []
    for record in ordered:
        try:
            commands.append(_decode_command(record.value or b""))
        except msgspec.DecodeError:
            _poison(record)
    position = Position(
        before.generation,
        happened[-1].offset + 1 if happened else before.events,
        ordered[-1].offset + 1 if ordered else before.commands,
    )
    return Batch(events, commands, position)


def _poison(record: ConsumerRecord) -> None:
    metrics.TRACKER_POISON.labels(record.topic).inc()
    log.error("record skipped: no message of its topic", topic=record.topic, offset=record.offset)
