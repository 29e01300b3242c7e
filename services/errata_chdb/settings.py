"""Settings of the ClickHouse front."""

from pathlib import Path

from pydantic import Field

from errata.runtime.settings import CommonSettings


class ChdbSettings(CommonSettings):
    """Where the data lies, where the front listens, and how much of the machine the engine may take."""

    chdb_port: int = Field(8123, ge=0, le=65535, description="Port of ClickHouse's HTTP interface; 0 takes a free one")
    chdb_path: Path = Field(Path(".errata/clickhouse"), description="Folder of the data; one process at a time owns it")
    chdb_user: str = Field("", description="User that clients must name; empty lets anyone on this address in")
    chdb_password: str = Field("", description="That user's password")
    chdb_memory: int = Field(2_000_000_000, ge=300_000_000, description="Bytes that the engine may use in all")
    chdb_threads: int = Field(2, ge=1, le=64, description="Threads of one query")
    chdb_queries: int = Field(8, ge=1, le=64, description="Queries that run at once; more wait their turn")
    chdb_max_body: int = Field(268_435_456, ge=1_048_576, description="Bytes of a request's body, compressed or not")
