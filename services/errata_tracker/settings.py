"""The tracker's settings, beside those that all services share."""

from pydantic import Field

from errata.runtime.settings import CommonSettings


class TrackerSettings(CommonSettings):
    """Each has a default that was measured on two cores with everything on one machine."""

    instance: str = Field(
        "",
        description="A name of this tracker's own that outlives a restart: one that was killed is back in 2 s, since "
        "the group need not be balanced again; without one the others take over after 10 s",
    )
    session_seconds: int = Field(
        10,
        ge=6,
        description="How long the group waits for a silent tracker before it gives its partitions to others; Kafka "
        "allows 6 s and more",
    )
    batch_records: int = Field(1_000, ge=1, description="Most records of a partition decided at once")
    batch_pause: float = Field(
        0.1,
        ge=0,
        le=10,
        description="Least seconds from one batch of a partition to the next: fewer, larger ones cost less. At 800 "
        "events a second 0.2 saves 35 us of CPU an event, and the 99th percentile of alerts is 0.2 s later",
    )
    state_interval: float = Field(
        1.0, ge=0, le=60, description="Seconds between messages about an issue that only counted on; alerts never wait"
    )
    cached_issues: int = Field(20_000, ge=1, description="Issues of a partition kept in memory; some 2 KB each")
    redis_share: float = Field(
        0.7,
        ge=0,
        le=1,
        description="Share of Redis's memory (`maxmemory`, else the machine's) in use above which issues that nobody "
        "has seen for an hour are dropped from it; ClickHouse has them. Event ids are kept for less from 0.6 on",
    )
    redis_replicas: int = Field(
        0, ge=0, description="Replicas that must have a commit before its messages are sent (WAIT)"
    )
