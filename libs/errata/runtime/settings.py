"""Settings shared by all services, and how a service loads its own: from the environment, once, at start.

A service subclasses `CommonSettings`, adds its fields with unit and reason, and calls `load`. Each field is set by the
environment variable `ERRATA_<FIELD>`; secrets may stand in files of that name in the folder `ERRATA_SECRETS_DIR`.
"""

import os
import sys
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ERRATA_"
# Values of variables with these words are never printed: addresses can carry passwords.
_MAY_HOLD_SECRETS = ("SECRET", "PASSWORD", "KAFKA", "REDIS", "CLICKHOUSE")


class AddressError(ValueError):
    """An address has a form that nobody can connect to; the text names its setting and never the address itself."""


def cuts_in(text: str) -> tuple[str, ...]:
    """Give the stages that ERRATA_CUT_AFTER names."""
    return tuple(text.replace(",", " ").split())


class CommonSettings(BaseSettings):
    """What every service must know: where Kafka, Redis and ClickHouse are, and how it is watched."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, secrets_dir=os.environ.get(PREFIX + "SECRETS_DIR"), frozen=True, env_ignore_empty=True
    )

    kafka: str = Field(
        "kafka://127.0.0.1:9092", description="Brokers; `kafkas://user:password@host:port` for TLS, SASL"
    )
    redis: str = Field(
        "redis://127.0.0.1:6379/0",
        description="Redis; `rediss://` for TLS, `redis-cluster://` or `rediss-cluster://` for any node of a cluster",
    )
    clickhouse: str = Field("http://127.0.0.1:8123/errata", description="ClickHouse's HTTP address and database")
    blobs: str = Field(
        ".errata/blobs",
        description="Where uploads lie: a folder that all services share, or `s3://bucket/prefix` (and `AWS_*`)",
    )
    topic_prefix: str = Field(
        "errata.", description="Before every topic's name, so that installations can share a broker"
    )
    partitions: int = Field(
        8, ge=1, le=1024, description="Of every topic; fixed when topics are made, checked at start"
    )
    generation: int = Field(
        1, ge=1, description="Of the topics; raise it when they are recreated (offsets start again)"
    )
    cut_after: str = Field(
        "",
        description="Stages after which the chain is cut over a topic, with commas between: `scrub`, `symbolicate`; "
        "empty runs it in one process",
    )
    config: Path = Field(Path(".errata/config"), description="Folder with `projects/*.yaml` and `alerts/*.json`")
    config_interval: float = Field(
        2.0, gt=0, description="Seconds between looks at that folder for changes; one `stat` a file"
    )
    host: str = Field("127.0.0.1", description="Address that the service listens on")
    admin_port: int = Field(0, ge=0, le=65535, description="Port of /metrics and /health; 0 takes any free one")
    log_level: str = Field(
        "info",
        pattern="^(debug|info|warning|error)$",
        description="Least of what is logged: debug, info, warning, error",
    )
    log_format: str = Field("json", pattern="^(json|console)$", description="`console` is for people at a terminal")

    @property
    def cuts(self) -> tuple[str, ...]:
        """The stages that `cut_after` names."""
        return cuts_in(self.cut_after)


class HashingSettings(CommonSettings):
    """What a service must know besides, when it makes the hashes that stand for users."""

    # Without a key whoever reads a hash could find the address it stands for by trying all.
    secret: str = Field(
        min_length=16,
        description="Key of the hashes that stand for users: 16 characters or more, the same on every processor and "
        "writer, kept secret, never changed; `openssl rand -hex 32` makes one. The local stack has its own",
    )


SettingsT = TypeVar("SettingsT", bound=CommonSettings)


def load(kind: type[SettingsT], **given: Any) -> SettingsT:
    """Give the settings of a service from its environment; end the process with status 78 naming each wrong variable.

    What is `given` by its field's name goes before the environment.
    78 is EX_CONFIG of sysexits.h: a supervisor need not try again.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        for mistake in error.errors():
            name = PREFIX + "_".join(str(part) for part in mistake["loc"]).upper()
            if mistake["type"] == "missing":
                print(f"{name} is not set. {kind.model_fields[str(mistake['loc'][0])].description}", file=sys.stderr)  # noqa: T201
                continue
            shown = "" if any(word in name for word in _MAY_HOLD_SECRETS) else f" (it is {mistake['input']!r})"
            print(f"{name}: {mistake['msg']}{shown}", file=sys.stderr)  # noqa: T201
        raise SystemExit(os.EX_CONFIG) from None
