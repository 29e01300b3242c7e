"""The tracker's state of one partition of `events`, in Redis: issues, counters, position and outbox, changed together.

The keys are listed in `partition_commit`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from redis.asyncio import Redis

from errata.contracts.times import DAY, SECOND
from errata.issues.record import IssueRecord, decode_record
from errata.stores.redis.memory import memory_used
from errata.stores.redis.partition_commit import Commit, Series, mark_of

# Compares, then writes: the position that the caller believes in, the one it writes (empty to write none), then
# commands, each with the number of its key. Lua does not roll back, so the commands set absolute values and the
# position comes last. Redis refuses a script for want of memory before its first write or not at all. The commands are
# one MessagePack argument, since redis-py spends over a microsecond on each; it holds strings only, since the
# MessagePack of Redis 6.2 knows no bytes.
_COMMIT = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
for _, command in ipairs(cmsgpack.unpack(ARGV[3])) do
  redis.call(command[1], KEYS[command[2]], unpack(command, 3))
end
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2]) end
return 1
"""
_ADD_USERS = """
local grown = {}
for number, users in ipairs(cmsgpack.unpack(ARGV[2])) do
  grown[number] = redis.call('PFADD', KEYS[number], unpack(users))
  if grown[number] == 1 then redis.call('EXPIRE', KEYS[number], ARGV[1]) end
end
return grown
"""
_COUNT_USERS = """
local counts = {}
for number, span in ipairs(cmsgpack.unpack(ARGV[1])) do
  local keys = {}
  for place, key in ipairs(span) do keys[place] = KEYS[key] end
  counts[number] = redis.call('PFCOUNT', unpack(keys))
end
return counts
"""
_KNOWN, _SEEN = 1, 2
_TRACES = f"""
local found = {{}}
for number, asked in ipairs(cmsgpack.unpack(ARGV[1])) do
  found[number] = redis.call('SISMEMBER', KEYS[asked[2]], asked[3]) * {_KNOWN}
  if redis.call('ZSCORE', KEYS[1], asked[1]) then found[number] = {_SEEN} end
end
return found
"""
_encode = msgspec.msgpack.Encoder().encode
_USERS_SLACK = 2 * DAY // SECOND


class Position(msgspec.Struct, frozen=True):
    """The next offsets to read of a partition of `events` and of `commands`, in a generation of the topics."""

    generation: int
    events: int
    commands: int
    steps: int = 0
    """Changes since, which no record led to: a position names one state, so each of them moves it."""

    def __str__(self) -> str:
        """Give the text that is stored and compared."""
        text = f"{self.generation}:{self.events}:{self.commands}"
        return f"{text}:{self.steps}" if self.steps else text

    def step(self) -> "Position":
        """Give the position after one more change that no record led to."""
        return Position(self.generation, self.events, self.commands, self.steps + 1)

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Give the position that was stored."""
        return cls(*map(int, text.split(":")))


class UserBucket(msgspec.Struct, frozen=True):
    """One HyperLogLog: the users of an issue in a span of time."""

    issue: str
    environment: str
    size: int
    """Seconds."""
    bucket: int
    """Since 1970, in spans."""


class Traces(NamedTuple):
    """What Redis knows of issues that it has no record of."""

    evicted: set[str]
    """Their state is in ClickHouse, whole."""
    lost: set[str]
    """They were here; their record went missing."""


class PartitionState:
    """Reads the state of one partition, and commits what was decided from it."""

    def __init__(self, redis: Redis, prefix: str, partition: int) -> None:
        self._redis = redis
        self._prefix = f"{prefix}{{{partition}}}:"
        self._commit = redis.register_script(_COMMIT)
        self._add_users = redis.register_script(_ADD_USERS)
        self._count_users = redis.register_script(_COUNT_USERS)
        self._traces = redis.register_script(_TRACES)

    def begin(self) -> Commit:
        """Give an empty commit."""
        return Commit(self._prefix)

    async def commit(self, expected: Position | None, position: Position | None, commit: Commit) -> bool:
        """Write everything, if the stored position is the expected one; give False when nothing was written.

        Args:
            expected: the position that the decisions started from; None when there must be none.
            position: the position after them; None leaves it as it is.
            commit: what to write.

        """
        positions = ("" if expected is None else str(expected), "" if position is None else str(position))
        return bool(await self._commit(list(commit.keys), [*positions, _encode(commit.commands)]))

    async def position(self) -> Position | None:
        """Give the stored position; None when this partition has no state at all."""
        text: Any = await self._redis.get(self._prefix + "position")
        return None if text is None else Position.parse(text.decode())

    async def memory_used(self) -> float:
        """Give the share of its memory that the Redis uses in which this partition is."""
        return await memory_used(self._redis, self._prefix + "position")

    async def outbox(self) -> dict[str, bytes]:
        """Give the messages that were decided and not yet acknowledged, by name."""
        fields: Any = await self._redis.hgetall(self._prefix + "outbox")
        return {name.decode(): value for name, value in fields.items()}

    async def records(self, issues: Sequence[str]) -> dict[str, IssueRecord]:
        """Give the records of these issues; those that do not exist are not in it."""
        keys = [f"{self._prefix}issue:{issue}" for issue in issues]
        values: Any = await self._redis.mget(keys) if keys else []
        return {issue: decode_record(value) for issue, value in zip(issues, values, strict=True) if value is not None}

    async def traces(self, issues: Sequence[str]) -> Traces:
        """Give what is known of issues without a record; what never was here is in neither set."""
        if not issues:
            return Traces(set(), set())
        keys = {self._prefix + "seen": 1}
        asked = []
        for issue in issues:
            mark = mark_of(issue)
            asked.append((issue, keys.setdefault(self._prefix + mark.key, len(keys) + 1), mark.member))
        answers: list[int] = await self._traces(list(keys), [_encode(asked)])
        found = dict(zip(issues, answers, strict=True))
        return Traces(
            {issue for issue, answer in found.items() if answer == _KNOWN},
            {issue for issue, answer in found.items() if answer == _SEEN},
        )

    async def seen(self, most: int, *, after: int = -1, before: int) -> dict[str, int]:
        """Give at most so many issues with when they were last seen, those seen longest ago first.

        Args:
            most: issues.
            after: only those seen after this time, microseconds.
            before: only those seen before this time.

        """
        found: Any = await self._redis.zrangebyscore(
            f"{self._prefix}seen", f"({after}", f"({before}", 0, most, withscores=True
        )
        return {issue.decode(): int(score) for issue, score in found}

    async def due(self, now: int, most: int) -> list[tuple[int, str]]:
        """Give project and id of at most so many issues whose time has come by now (microseconds)."""
        found: Any = await self._redis.zrangebyscore(f"{self._prefix}due", "-inf", now, 0, most)
        return [(int(project), issue) for project, issue in (member.decode().split(" ", 1) for member in found)]

    async def counts(self, issues: Sequence[str]) -> dict[str, dict[Series, dict[int, int]]]:
        """Give for each issue the buckets of its windows."""
        if not issues:
            return {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for issue in issues:
                pipe.hgetall(f"{self._prefix}count:{issue}")
            answers = await pipe.execute()
        return {issue: _windows(answer) for issue, answer in zip(issues, answers, strict=True)}

    async def add_users(self, users: Mapping[UserBucket, Iterable[str]], longest: int) -> set[UserBucket]:
        """Add users to their buckets; give the buckets that grew. Adding twice is adding once.

        Args:
            users: user hashes by bucket.
            longest: the longest window, in seconds, that anyone counts them in.

        """
        if not users:
            return set()
        keys = [self._users_key(bucket) for bucket in users]
        hashes = [list(each) for each in users.values()]
        grown = await self._add_users(keys, [longest + _USERS_SLACK, _encode(hashes)])
        return {bucket for bucket, grew in zip(users, grown, strict=True) if grew}

    async def count_users(self, spans: Sequence[Sequence[UserBucket]]) -> list[int]:
        """Give for each list of buckets how many distinct users they hold together, estimated."""
        if not spans:
            return []
        keys: dict[str, int] = {}
        asked = [[keys.setdefault(self._users_key(bucket), len(keys) + 1) for bucket in span] for span in spans]
        answers: list[int] = await self._count_users(list(keys), [_encode(asked)])
        return answers

    def _users_key(self, of: UserBucket) -> str:
        return f"{self._prefix}users:{of.issue}:{of.environment}:{of.size}:{of.bucket}"


def _windows(fields: Mapping[bytes, bytes]) -> dict[Series, dict[int, int]]:
    windows: dict[Series, dict[int, int]] = {}
    for field, value in fields.items():
        window, bucket, environment = field.decode().split(":", 2)
        windows.setdefault((int(window), environment), {})[int(bucket)] = int(value)
    return windows
