"""The topics as data: `topics.yaml`, read once and typed."""

from functools import cache
from importlib.resources import files

import msgspec


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One topic of `topics.yaml`."""

    about: str
    key: str
    message: str
    read_by: tuple[str, ...]
    """The consumer groups that must read every record."""
    partitions: str
    max_message_bytes: int
    public: bool
    retention_hours: int = 0
    compact: bool = False
    min_compaction_lag_hours: int = 0
    cut_after: str = ""
    """It is there only where the chain is cut after this stage."""

    def broker_config(self) -> dict[str, str]:
        """Give the settings that the broker is told when the topic is made."""
        config = {"max.message.bytes": str(self.max_message_bytes)}
        if self.compact:
            lag = self.min_compaction_lag_hours * 3_600_000
            return config | {"cleanup.policy": "compact", "min.compaction.lag.ms": str(lag)}
        return config | {"cleanup.policy": "delete", "retention.ms": str(self.retention_hours * 3_600_000)}


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """What the topics were made with: the message of the topic `layout`, JSON; its last one holds."""

    partitions: int
    generation: int
    """Raised when the topics are recreated and offsets start again."""


INGEST = "ingest"
INGEST_SESSIONS = "ingest-sessions"
EVENTS = "events"
COMMANDS = "commands"
ISSUES = "issues"
TRANSITIONS = "transitions"
ALERTS = "alerts"
OUTCOMES = "outcomes"
DEAD_LETTERS = "dead-letters"
LAYOUT = "layout"


def stage_topic(stage: str) -> str:
    """Give the topic that holds events between a stage and the next one."""
    return f"stage-{stage}"


@cache
def topics() -> dict[str, Topic]:
    """Give every topic by its bare name, without the prefix."""
    text = (files("errata.contracts") / "topics.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=dict[str, Topic])


@cache
def topics_of(group: str) -> tuple[str, ...]:
    """Give the topics that a consumer group must read, by their bare names."""
    return tuple(name for name, topic in topics().items() if group in topic.read_by)
