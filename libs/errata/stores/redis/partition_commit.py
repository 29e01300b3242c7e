"""What one commit of a tracker writes to a partition's state: keys and commands, collected for one Lua script.

All keys of partition q carry the hash tag `{q}`, so one script may write them, on a cluster too:

    <prefix>{q}:position        generation:events:commands, the next offsets to read; and :steps, when time alone
                                changed something since
    <prefix>{q}:outbox          hash: messages that were decided and are not yet acknowledged by Kafka
    <prefix>{q}:issue:<id>      the issue's record, JSON
    <prefix>{q}:seen            sorted set: the issues that have a record here, by when they were last seen
    <prefix>{q}:known:<n>       sets of numbers: all issues there are, also those whose state is in ClickHouse alone
    <prefix>{q}:due             sorted set: "<project> <id>" of issues to be looked at when that time has come
    <prefix>{q}:count:<id>      hash: events in the buckets of sliding windows
    <prefix>{q}:users:<id>:<environment>:<bucket seconds>:<bucket>   HyperLogLog of user hashes

Times are microseconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

from errata.alerts.windows import SlidingCount
from errata.contracts.times import DAY, SECOND
from errata.issues.record import IssueRecord, encode_record

# Lua's stack holds 8,000 values; longer commands are cut.
_MAX_WORDS = 4_000
# The clock of Redis must not drop a bucket that a tracker with a backlog will still ask for; `events` keeps 7 days.
_SLACK = 8 * DAY // SECOND
# A set of up to 512 numbers takes 8 bytes for each, a larger one some 60: with so many sets, the first half million
# issues of a partition take 4 MB to be known.
_SETS = 1_024

Series = tuple[int, str]
"""A sliding window: its length in seconds, and the environment it counts (empty for all)."""


class Mark(NamedTuple):
    """Where it is noted that there is an issue."""

    key: str
    """Of the set, without the prefix."""
    member: str
    """The number that stands for the issue: 63 bits of its hash."""


def mark_of(issue: str) -> Mark:
    """Give where an issue is noted."""
    number = int.from_bytes(blake2b(issue.encode("utf-8", "surrogatepass"), digest_size=8).digest()) >> 1
    return Mark(f"known:{number % _SETS}", str(number))


class Commit:
    """What one commit writes, collected: absolute values only, so that writing them twice is writing them once."""

    def __init__(self, prefix: str) -> None:
        """Begin an empty one; `PartitionState.begin` knows the prefix."""
        self._prefix = prefix
        self.keys: dict[str, int] = {prefix + "position": 1}
        self.commands: list[Sequence[str | int]] = []

    def records(self, records: Iterable[IssueRecord]) -> None:
        """Replace the records of issues."""
        seen: list[str | int] = []
        for record in records:
            self._command("SET", "issue:" + record.issue_id, (encode_record(record).decode(),))
            seen += (record.last_seen, record.issue_id)
        self._command("ZADD", "seen", seen)

    def known(self, issues: Iterable[str]) -> None:
        """Note for ever that there are these issues."""
        sets: defaultdict[str, list[str]] = defaultdict(list)
        for key, member in map(mark_of, issues):
            sets[key].append(member)
        for key, members in sets.items():
            self._command("SADD", key, members)

    def due(self, times: Mapping[tuple[int, str], int]) -> None:
        """Have issues, by project and id, looked at when their time has come; 0 is never."""
        members = {f"{project} {issue}": at for (project, issue), at in times.items()}
        self._command("ZADD", "due", [word for member, at in members.items() if at for word in (at, member)])
        self._command("ZREM", "due", [member for member, at in members.items() if not at])

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

    def evict(self, issues: Sequence[str]) -> None:
        """Drop issues, which stay known. None of these commands needs memory, so a full Redis takes them."""
        for issue in issues:
            self._drop("issue:" + issue)
            self._drop("count:" + issue)
        self._command("ZREM", "seen", issues)

    def outbox(self, messages: Mapping[str, bytes]) -> None:
        """Put messages into the outbox, by a name of their own: a later one of the same name replaces it."""
        self._command("HSET", "outbox", [word for name, value in messages.items() for word in (name, value.decode())])

    def clear_outbox(self) -> None:
        """Take everything out of the outbox."""
        self._drop("outbox")

    def _command(self, name: str, key: str, words: Sequence[str | int]) -> None:
        for start in range(0, len(words), _MAX_WORDS):
            self.commands.append((name, self._number(key), *words[start : start + _MAX_WORDS]))

    def _drop(self, key: str) -> None:
        self.commands.append(("DEL", self._number(key)))

    def _number(self, key: str) -> int:
        return self.keys.setdefault(self._prefix + key, len(self.keys) + 1)
