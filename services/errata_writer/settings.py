"""The writer's settings."""

from pydantic import Field

from errata.runtime.settings import HashingSettings


class WriterSettings(HashingSettings):
    """How much goes into one insert, and how long it waits for that."""

    instance: str = Field(
        "",
        description="A fixed name in the consumer group, different for each writer: a killed one is back at once; "
        "without one the group waits `session_seconds` for it",
    )
    session_seconds: int = Field(
        10, ge=6, le=300, description="Silence after which the group takes a writer for dead; the broker's least is 6"
    )
    attachment_days: int = Field(
        30,
        ge=8,
        le=90,
        description="Days that attachments are stored after receipt: fewer than events, since nothing personal is "
        "taken out of files, and more than the 7 that the audit looks back. Holds for those that come from now on",
    )
    batch_rows: int = Field(5_000, ge=1, le=100_000, description="Records in one batch; ClickHouse likes few inserts")
    batch_bytes: int = Field(
        16_777_216,
        ge=65_536,
        description="Bytes of records after which a batch is full; the writer holds some three times as many",
    )
    batch_wait_ms: int = Field(
        1_000,
        ge=1,
        le=10_000,
        description="How long a batch waits to fill; each insert is a part that ClickHouse must merge, and alerts wait "
        "for none of this",
    )
