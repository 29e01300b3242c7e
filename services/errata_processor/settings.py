"""The processor's settings."""

from pathlib import Path

from pydantic import Field

from errata.runtime.settings import HashingSettings


class ProcessorSettings(HashingSettings):
    """How much is taken at once, how long one waits for what, and when to stop rather than go on."""

    instance: str = Field(
        "",
        description="A fixed name in the consumer group, different for each processor: a killed one is back within "
        "2 s, since the group need not be balanced again; without one the others take over after 10 s",
    )
    segment: str = Field(
        "",
        description="Segment of a cut chain that runs here: the stage of ERRATA_CUT_AFTER that it begins after; empty "
        "is the first one, or the whole chain where it is not cut",
    )
    session_seconds: int = Field(
        10,
        ge=6,
        description="How long the group waits for a silent processor before it gives its partitions to others; Kafka "
        "allows 6 s and more",
    )
    batch_records: int = Field(
        64,
        ge=1,
        le=10_000,
        description="Packs taken at once; a pack holds 1 to 64 items, so under load this is plenty",
    )
    batch_wait_ms: int = Field(
        20, ge=1, le=1_000, description="How long to wait for more packs; the latency of a quiet stream"
    )
    batch_items: int = Field(
        500,
        ge=1,
        le=10_000,
        description="Items in one transaction; more save little, and an abort costs as much again",
    )
    seen_hours: int = Field(
        26,
        ge=1,
        description="How long an event id is remembered: at least the age a relay's spool can reach and the retention "
        "of `ingest` (24 h) together; bounds the memory that Redis needs",
    )
    redis_wait_seconds: int = Field(
        60, ge=0, description="How long items that may be duplicates wait for Redis; others never do"
    )
    dead_letter_share: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Share of a minute's items that may fail by our fault; above it consumption stops. 1 never stops",
    )
    dead_letter_minimum: int = Field(
        50, ge=1, description="Items that must fail within a minute before the share matters"
    )
    artifact_memory_mb: int = Field(
        256, ge=1, description="Parsed source maps and mappings in memory; a large application's are some 50 MB"
    )
    artifact_cache: Path = Field(
        Path(".errata/cache/artifacts"),
        description="Folder, shared by the processors of one machine, for what was downloaded or made from uploads",
    )
    artifact_cache_mb: int = Field(2_048, ge=1, description="Most that lies in that folder")
    artifact_retry_seconds: float = Field(
        10, gt=0, description="How long a store of uploads that failed is left alone; events pass without, and say it"
    )
    artifact_timeout_seconds: float = Field(5, gt=0, description="Longest wait for one answer of the store of uploads")
    artifact_batch_seconds: float = Field(
        10,
        gt=0,
        description="Longest that a batch waits for uploads; then its events pass without, which they say, and the "
        "next ones have them",
    )
    artifact_lookups: int = Field(
        500,
        ge=1,
        description="Files of one project that are looked up for one batch (0.5 ms each in a folder, a few reads in a "
        "bucket); what is in memory does not count",
    )
    hang_seconds: int = Field(
        60,
        ge=1,
        description="Longest time that a batch may compute (usual: 0.2 s); then the process ends and starts again",
    )
