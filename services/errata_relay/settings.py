"""The relay's settings."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from errata.runtime.settings import CommonSettings


class RelaySettings(CommonSettings):
    """What the relay takes, how long it waits, and where it keeps what Kafka cannot take."""

    relay_port: int = Field(9280, ge=0, le=65535, description="Port that clients send to; 0 takes any free one")

    max_request_bytes: int = Field(
        20_000_000, ge=1_000, description="Bytes of a body on the wire; what Sentry documents for compressed envelopes"
    )
    max_envelope_bytes: int = Field(
        20_971_520,
        ge=1_000,
        description="Bytes of a body decompressed; errors need 1 MiB, attachments as much each",
    )
    max_item_bytes: int = Field(
        1_048_576,
        ge=1_000,
        le=2_000_000,
        description="Bytes of one item kept; Sentry's limit for events. A record of `ingest` (2 MiB) must hold it",
    )
    max_items: int = Field(
        200, ge=1, description="Items of one envelope; a few bytes make one, each costs time. Sentry takes 100 sessions"
    )
    max_buffered_bytes: int = Field(
        268_435_456,
        ge=1_000_000,
        description="Bytes of all bodies in memory, decompressed, until they are answered; above it clients get a 429. "
        "The process takes up to three times as much: body, pack, record",
    )
    body_timeout_seconds: float = Field(30, gt=0, description="For a whole body to arrive; clients are done in one")
    head_timeout_seconds: float = Field(
        75, gt=0, description="For a request's head to arrive, and for a connection to lie idle between two requests"
    )
    max_connections: int = Field(
        5_000, ge=1, description="Above it requests get a 429, and connections above twice as many are cut"
    )
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="Networks (10.0.0.0/8, ::1/128) of proxies whose X-Forwarded-For is believed, by commas"
    )
    max_head_bytes: int = Field(65_536, ge=1_024, description="Bytes of a request's head; clients send a few hundred")

    pack_wait_ms: float = Field(
        5, ge=0, description="Milliseconds that an item waits for others while a pack is under way"
    )
    pack_items: int = Field(
        64, ge=1, description="Items of one pack; more gain nothing, a record's cost is spread thin"
    )
    pack_bytes: int = Field(524_288, ge=1, description="Bytes of payloads in one pack; a larger item goes alone")

    kafka_away_seconds: float = Field(
        1,
        gt=0,
        description="Seconds without acknowledgement after which Kafka is away and the spool takes over; aiokafka "
        "itself never says so, an idempotent producer tries for ever",
    )
    spool_dir: Path = Field(
        Path(".errata/spool"), description="Folder of what Kafka could not take; on a volume that outlives the process"
    )
    spool_max_bytes: int = Field(
        1_073_741_824, ge=0, description="Bytes of the spool; when full, the relay says 429. 100,000 to 500,000 events"
    )
    spool_max_age_seconds: float = Field(
        7_200,
        gt=0,
        description="Seconds that the oldest spooled record may have waited; above it the spool takes no more, and "
        "while Kafka is away the relay says 429. With the 24 h of `ingest`, as long as the processor remembers ids",
    )
    max_unread_share: float = Field(
        0.8,
        gt=0,
        le=1,
        description="Share of its retention, in time or bytes, that the unread part of `ingest` may take in Kafka; "
        "above it new items get a 429, for the oldest would be deleted unread",
    )
    unread_check_seconds: float = Field(5, gt=0, description="Between two looks at how much of `ingest` is unread")
    retry_after_seconds: int = Field(
        10, ge=1, description="Told to clients with a 429: how long to send nothing of that kind"
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
