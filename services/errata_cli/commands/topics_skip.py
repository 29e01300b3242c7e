"""`errata topics skip`: let a service go on after records that were deleted before it read them."""

import sys
from collections.abc import Mapping
from typing import Annotated, Literal

from aiokafka import TopicPartition
from aiokafka.structs import OffsetAndMetadata
from cyclopts import Parameter
from redis.asyncio import Redis

from errata.contracts.groups import TRACKER
from errata.contracts.topics import COMMANDS, EVENTS
from errata.runtime.settings import CommonSettings, load
from errata.stores.kafka.connection import consumer, started
from errata.stores.kafka.group_offsets import GroupInUseError, committed, move
from errata.stores.kafka.lost_records import lost_ranges
from errata.stores.kafka.topics import wanted_topics
from errata.stores.redis.connection import connect
from errata.stores.redis.partition_state import PartitionState, Position
from errata_cli.commands.run import run

Offsets = Mapping[TopicPartition, int]


def skip(
    group: Literal["processor", "processor-scrub", "processor-symbolicate", "tracker", "writer"],
    *,
    yes: Annotated[bool, Parameter(name=["--yes", "-y"], negative="")] = False,
) -> int:
    """Let a service that stopped over lost records go on after them, once you have confirmed it.

    A service ends with status 78 when Kafka deleted records before it read them, and its log names the range. This
    moves its position to the oldest record that is still there. What was in the range stays lost to this service: the
    processor never sees those items, the writer stores no rows of them, the tracker does not count those events.
    Positions that can be read from are left alone. Stop the service first.

    Example: `errata topics skip writer` shows what is lost and asks; with `--yes` it does not ask.

    Parameters
    ----------
    group
        The service that stopped; a processor of a cut chain with the stage that its segment begins after.
    yes
        Move the positions without asking, such as in a script; by default a person is asked.

    """
    try:
        return run(_skip(load(CommonSettings), group, ask=not yes))
    except GroupInUseError:
        raise SystemExit(
            f"a {group} is running, or was until some seconds ago; only it moves its position, so stop it first"
        ) from None


async def _skip(settings: CommonSettings, group: str, *, ask: bool) -> int:
    async with started(consumer(settings, None)) as log, connect(settings.redis) as redis:
        positions = _InRedis(settings, redis) if group == TRACKER else _InKafka(settings, group)
        lost = await lost_ranges(log, await positions.read())
        if not lost:
            print(f"every position of the {group} can be read from: nothing to skip")
            return 0
        for one in lost:
            print(f"{one}; goes on at {one.go_on}")
        if ask and not _confirmed(group):
            print("nothing was moved; `--yes` moves without asking", file=sys.stderr)
            return 1
        await positions.move({one.place: one.go_on for one in lost})
    print(f"moved {len(lost)} positions of the {group}; start it again")
    return 0


def _confirmed(group: str) -> bool:
    if not sys.stdin.isatty():
        return False
    answer = input(f"Move the {group} there? What it did not read stays lost to it. [y/N] ")
    return answer.strip().lower() in {"y", "yes"}


class _InKafka:
    """Positions as the group has committed them; what it noted beside them is kept."""

    def __init__(self, settings: CommonSettings, group: str) -> None:
        self._settings = settings
        self._group = group
        self._committed: dict[TopicPartition, OffsetAndMetadata] = {}

    async def read(self) -> Offsets:
        known = wanted_topics(self._settings)
        everything = await committed(self._settings, self._group)
        # A topic that is no more cannot be asked where it begins.
        self._committed = {place: noted for place, noted in everything.items() if place.topic in known}
        return {place: noted.offset for place, noted in self._committed.items()}

    async def move(self, to: Offsets) -> None:
        notes = {place: OffsetAndMetadata(offset, self._committed[place].metadata) for place, offset in to.items()}
        await move(self._settings, self._group, notes)


class _InRedis:
    """Positions of the tracker, which stand in Redis with the state that they led to.

    What it has told Kafka may stay: it is of use when Redis is lost only, and is replaced with the next messages.
    """

    def __init__(self, settings: CommonSettings, redis: Redis) -> None:
        self._prefix = settings.topic_prefix
        self._states = [PartitionState(redis, self._prefix, number) for number in range(settings.partitions)]
        self._stored: dict[int, Position] = {}

    async def read(self) -> Offsets:
        stored = [await state.position() for state in self._states]
        self._stored = {number: position for number, position in enumerate(stored) if position is not None}
        return {
            place: offset
            for number, position in self._stored.items()
            for place, offset in zip(self._places(number), (position.events, position.commands), strict=True)
        }

    async def move(self, to: Offsets) -> None:
        for number in {place.partition for place in to}:
            before, state = self._stored[number], self._states[number]
            events, commands = self._places(number)
            after = Position(before.generation, to.get(events, before.events), to.get(commands, before.commands))
            if not await state.commit(before, after, state.begin()):
                raise GroupInUseError

    def _places(self, number: int) -> tuple[TopicPartition, TopicPartition]:
        return TopicPartition(self._prefix + EVENTS, number), TopicPartition(self._prefix + COMMANDS, number)
