"""All that is remembered of one issue: its public state, and what later decisions about it will need."""

from typing import Self

import msgspec

from errata.contracts.messages import IssueMemory, IssueState, IssueStatus, Level
from errata.issues.regression import Resolution

MAX_RELEASES = 32
MAX_ENVIRONMENTS = 32
"""Both are text from clients: an issue remembers this many and no more."""


class IssueRecord(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The fields of `IssueState`, under their names, and those that only the tracker reads.

    It changes in place while a batch is folded into it; the copy in Redis is replaced as a whole.
    """

    project: int
    issue_id: str
    short_id: str
    status: IssueStatus
    title: str
    culprit: str = ""
    level: Level
    platform: str = ""
    first_seen: int
    last_seen: int
    count: int = 0
    users: int = 0
    first_release: str = ""
    last_release: str = ""
    resolved_at: int = 0
    resolved_in_release: str = ""
    resolved_by: str = ""
    archived_until: int = 0
    regressions: int = 0
    last_event_id: str = ""
    updated_at: int
    generation: int
    partition: int
    offset: int
    step: int = 0

    releases: dict[str, int] = {}
    environments: list[str] = []
    also_resolved_in: tuple[str, ...] = ()
    fired: dict[str, tuple[int, int]] = {}
    """These four as in `IssueMemory`."""
    due: int = 0
    """When the tracker will look at it though nothing happens, microseconds; 0 for never. See `evolution.due_at`."""

    @classmethod
    def of(cls, state: IssueState) -> Self:
        """Give the record whose `state` this was; `due` is not known."""
        record = msgspec.convert(state, cls, from_attributes=True)
        memory = state.memory
        record.releases, record.environments = dict(memory.releases), list(memory.environments)
        record.also_resolved_in, record.fired = memory.also_resolved_in, dict(memory.fired)
        return record

    def state(self) -> IssueState:
        """Give what is published, as it stands now."""
        return msgspec.convert(self, IssueState, from_attributes=True)

    @property
    def memory(self) -> IssueMemory:
        """The part of the state that only the tracker reads."""
        return msgspec.convert(self, IssueMemory, from_attributes=True)

    def resolution(self) -> Resolution:
        """Give how the issue was resolved."""
        return Resolution(self.resolved_at, self.resolved_in_release, self.also_resolved_in)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(IssueRecord)


def encode_record(record: IssueRecord) -> bytes:
    """Give a record as it lies in Redis."""
    return _encoder.encode(record)


def decode_record(value: bytes) -> IssueRecord:
    """Give the record that lies in Redis; raises `msgspec.DecodeError` when it is none."""
    return _decoder.decode(value)
