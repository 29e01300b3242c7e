"""ClickHouse as a part: chDB, the engine in one process, behind ClickHouse's HTTP interface."""

import sys
from importlib.util import find_spec
from pathlib import Path

from errata_cli.local import probes
from errata_cli.local.part import Part


def clickhouse_part(folder: Path, port: int) -> Part:
    """Give the chDB front whose data lies in a folder."""
    return Part(
        name="clickhouse",
        command=(sys.executable, "-m", "errata_chdb"),
        # On this machine's own address even where ERRATA_HOST opens the relay to others: it asks for no password.
        environment={"ERRATA_HOST": "127.0.0.1", "ERRATA_CHDB_PORT": str(port), "ERRATA_CHDB_PATH": str(folder)},
        probe=probes.http(port, "/ping"),
        port=port,
    )


def has_chdb() -> bool:
    """Whether the engine is installed; it is left out of an installation without the `local` extra."""
    return find_spec("chdb") is not None
