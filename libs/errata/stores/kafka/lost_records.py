"""Records that were deleted before they were read: one error for every service, which names what is lost.

A service whose position lies outside the log must not go on elsewhere by itself, or the records between would be lost
without a trace. It logs the error and ends with `os.EX_CONFIG`, since starting it again changes nothing; an operator
moves its group with `errata topics skip`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition


class LostRange(NamedTuple):
    """A position outside the log of its partition."""

    place: TopicPartition
    position: int
    """The next offset that was to be read."""
    beginning: int
    """Of the oldest record there is."""
    end: int
    """The next offset to be written."""

    @property
    def go_on(self) -> int:
        """The position nearest to the lost one that can be read from."""
        return min(max(self.position, self.beginning), self.end)

    def __str__(self) -> str:
        """Give the range in words."""
        where = f"{self.place.topic} partition {self.place.partition}"
        if self.position > self.end:
            return f"{where}: position {self.position} is beyond the log's end, {self.end}; was the topic recreated?"
        return f"{where}: records {self.position} to {self.beginning - 1} were deleted before they were read"


class LostRecordsError(Exception):
    """Positions lie outside the log; `ranges` says which. Its text holds topics and offsets only."""

    def __init__(self, ranges: Iterable[LostRange]) -> None:
        self.ranges = tuple(ranges)
        super().__init__("; ".join(map(str, self.ranges)))


async def lost_ranges(log: AIOKafkaConsumer, positions: Mapping[TopicPartition, int]) -> list[LostRange]:
    """Give those of the positions that lie outside the log.

    Args:
        log: any started consumer; what it reads does not matter.
        positions: the next offset to read of each partition.

    Raises:
        aiokafka.errors.KafkaError: Kafka does not answer.

    """
    beginnings = await log.beginning_offsets(list(positions))
    ends = await log.end_offsets(list(positions))
    return [
        LostRange(place, position, beginnings[place], ends[place])
        for place, position in positions.items()
        if not beginnings[place] <= position <= ends[place]
    ]


async def check_positions(log: AIOKafkaConsumer, positions: Mapping[TopicPartition, int]) -> None:
    """Return when every position can be read from; see `lost_ranges`.

    Raises:
        LostRecordsError: some cannot.

    """
    ranges = await lost_ranges(log, positions)
    if ranges:
        raise LostRecordsError(ranges)
