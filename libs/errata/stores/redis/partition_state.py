"""The tracker's state of one partition of `events`, in Redis: issues, counters, position and outbox, changed together.

All keys of partition q carry the hash tag `{q}`, so one Lua script may write them, on a cluster too:

    <prefix>{q}:position        generation:events:commands, the next offsets to read
    <prefix>{q}:outbox          hash: messages that were decided and are not yet acknowledged by Kafka
    <prefix>{q}:issue:<id>      the issue's record, JSON
    <prefix>{q}:count:<id>      hash: events in the buckets of sliding windows
    <prefix>{q}:users:<id>:<environment>:<bucket seconds>:<bucket>   HyperLogLog of user hashes
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from errata.alerts.windows import SlidingCount
from errata.contracts.times import DAY, SECOND
from errata.issues.record import IssueRecord, decode_record, encode_record

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
_encode = msgspec.msgpack.Encoder().encode
# Lua's stack holds 8,000 values; longer commands are cut.
_MAX_WORDS = 4_000
# The clock of Redis must not drop a bucket that a tracker with a backlog will still ask for; `events` keeps 7 days.
_SLACK = 8 * DAY // SECOND
_USERS_SLACK = 2 * DAY // SECOND

Series = tuple[int, str]
"""A sliding window: its length in seconds, and the environment it counts (empty for all)."""


class Position(msgspec.Struct, frozen=True):
    """The next offsets to read of a partition of `events` and of `commands`, in a generation of the topics."""

    generation: int
    events: int
    commands: int

    def __str__(self) -> str:
        """Give the text that is stored and compared."""
        return f"{self.generation}:{self.events}:{self.commands}"

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


class Commit:
    """What one commit writes, collected: absolute values only, so that writing them twice is writing them once."""

    def __init__(self, prefix: str) -> None:
        """Begin an empty one; `PartitionState.begin` knows the prefix."""
        self._prefix = prefix
        self.keys: dict[str, int] = {prefix + "position": 1}
        self.commands: list[Sequence[str | int]] = []

    def record(self, record: IssueRecord) -> None:
        """Replace an issue's record."""
        self._command("SET", "issue:" + record.issue_id, (encode_record(record).decode(),))

    def counts(self, issue: str, windows: Mapping[Series, SlidingCount]) -> None:
        """Write the buckets that changed, remove those that were dropped."""
        written: list[str | int] = []
        dropped: list[str] = []
        for (window, environment), count in windows.items():
            for bucket in count.changed:
                written += (f"{window}:{bucket}:{environment}", count.buckets[bucket])
            dropped += (f"{window}:{bucket}:{environment}" for bucket in count.dropped)
        key = "count:" + issue
        self._command("HSET", key, written)
        self._command("HDEL", key, dropped)
        if written:
            self._command("EXPIRE", key, (max(window for window, _ in windows) + _SLACK,))

    def outbox(self, messages: Mapping[str, bytes]) -> None:
        """Put messages into the outbox, by a name of their own: a later one of the same name replaces it."""
        self._command("HSET", "outbox", [word for name, value in messages.items() for word in (name, value.decode())])

    def clear_outbox(self) -> None:
        """Take everything out of the outbox."""
        self.commands.append(("DEL", self._number("outbox")))

    def _command(self, name: str, key: str, words: Sequence[str | int]) -> None:
        for start in range(0, len(words), _MAX_WORDS):
            self.commands.append((name, self._number(key), *words[start : start + _MAX_WORDS]))

    def _number(self, key: str) -> int:
        return self.keys.setdefault(self._prefix + key, len(self.keys) + 1)


class PartitionState:
    """Reads the state of one partition, and commits what was decided from it."""

    def __init__(self, redis: Redis, prefix: str, partition: int) -> None:
        self._redis = redis
        self._prefix = f"{prefix}{{{partition}}}:"
        self._commit = redis.register_script(_COMMIT)
        self._add_users = redis.register_script(_ADD_USERS)

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

    async def outbox(self) -> dict[str, bytes]:
        """Give the messages that were decided and not yet acknowledged, by name."""
        fields: Any = await self._redis.hgetall(self._prefix + "outbox")
        return {name.decode(): value for name, value in fields.items()}

    async def records(self, issues: Sequence[str]) -> dict[str, IssueRecord]:
        """Give the records of these issues; those that do not exist are not in it."""
        keys = [f"{self._prefix}issue:{issue}" for issue in issues]
        values: Any = await self._redis.mget(keys) if keys else []
        return {issue: decode_record(value) for issue, value in zip(issues, values, strict=True) if value is not None}

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
        async with self._redis.pipeline(transaction=False) as pipe:
            for span in spans:
                pipe.pfcount(*map(self._users_key, span))
            answers: list[int] = await pipe.execute()
        return answers

    def _users_key(self, of: UserBucket) -> str:
        return f"{self._prefix}users:{of.issue}:{of.environment}:{of.size}:{of.bucket}"


def _windows(fields: Mapping[bytes, bytes]) -> dict[Series, dict[int, int]]:
    windows: dict[Series, dict[int, int]] = {}
    for field, value in fields.items():
        window, bucket, environment = field.decode().split(":", 2)
        windows.setdefault((int(window), environment), {})[int(bucket)] = int(value)
    return windows
