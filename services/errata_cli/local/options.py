"""What a person can choose about a stack."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from errata_cli.local.state import DEFAULT_DATA

PartName = Literal[
    "kafka", "redis", "clickhouse", "topics", "migrate", "relay", "processor", "tracker", "writer", "console"
]
DEFAULT_CONFIG = Path(".errata/config")


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """One stack: where it keeps things, what runs in it, and on which ports; port 0 takes any free one."""

    data: Path = DEFAULT_DATA
    config: Path = DEFAULT_CONFIG
    only: tuple[PartName, ...] = ()
    """Empty means all."""
    processors: int = 1
    """Of each segment, where the chain is cut."""
    cut_after: str = ""
    """As ERRATA_CUT_AFTER."""
    relay_port: int = 9280
    console_port: int = 9281
    kafka_port: int = 9092
    redis_port: int = 6379
    clickhouse_port: int = 8123

    def includes(self, part: str) -> bool:
        """Whether a part was chosen; `processor` chooses all processors."""
        return not self.only or any(part == name or part.startswith(f"{name}-") for name in self.only)

    def arguments(self) -> list[str]:
        """Give the arguments of `errata up` that make these options."""
        return [
            f"--data={self.data.resolve()}",
            f"--config={self.config.resolve()}",
            *(f"--only={name}" for name in self.only),
            f"--processors={self.processors}",
            f"--cut-after={self.cut_after}",
            f"--relay-port={self.relay_port}",
            f"--console-port={self.console_port}",
            f"--kafka-port={self.kafka_port}",
            f"--redis-port={self.redis_port}",
            f"--clickhouse-port={self.clickhouse_port}",
        ]
