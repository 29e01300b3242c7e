"""A batch: what the fetched records of a partition say, what time has brought about, and the position after it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec
from aiokafka.structs import ConsumerRecord

from errata.contracts.flat_event import FlatEvent, decode_flat
from errata.contracts.messages import Command
from errata.runtime import logging, metrics
from errata.stores.redis.partition_state import Position

log = logging.get(__name__)

_decode_command = msgspec.json.Decoder(Command).decode


class Sought(NamedTuple):
    """An issue that a batch is about: its project, and when something first happened to it (microseconds)."""

    project: int
    at: int


class Agenda(NamedTuple):
    """What time brings about. Issues are named by project and id, times are microseconds."""

    now: int
    due: Sequence[tuple[int, str]] = ()
    """Their time has come."""
    entered: Mapping[tuple[int, str], int] = MappingProxyType({})
    """Theirs will come then."""


class Batch(NamedTuple):
    """Events with their offsets by issue, so that a storm of one issue is folded once; and commands in order."""

    events: Mapping[str, Sequence[tuple[int, FlatEvent]]]
    commands: Sequence[Command]
    agenda: Agenda
    position: Position

    def sought(self) -> dict[str, Sought]:
        """Give every issue that the batch is about, by id."""
        issues = {issue: Sought(project, self.agenda.now) for project, issue in self.agenda.due}
        issues |= {command.issue_id: Sought(command.project, command.at) for command in reversed(self.commands)}
        return issues | {issue: Sought(its[0][1].project, its[0][1].received_at) for issue, its in self.events.items()}


def read_batch(
    happened: Sequence[ConsumerRecord], ordered: Sequence[ConsumerRecord], agenda: Agenda, before: Position
) -> Batch:
    """Give what records of `events` and of `commands` say, and the agenda.

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
    position = before.step()
    if happened or ordered:
        position = Position(
            before.generation,
            happened[-1].offset + 1 if happened else before.events,
            ordered[-1].offset + 1 if ordered else before.commands,
        )
    return Batch(events, commands, agenda, position)


def _poison(record: ConsumerRecord) -> None:
    metrics.TRACKER_POISON.labels(record.topic).inc()
    log.error("record skipped: no message of its topic", topic=record.topic, offset=record.offset)
