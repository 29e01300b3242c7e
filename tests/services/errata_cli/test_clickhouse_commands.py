"""`errata migrate` and `errata query`, as a person runs them."""

import os
import subprocess
import sys

import pytest


def errata(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "errata_cli", *arguments],
        env=os.environ | {"ERRATA_CLICKHOUSE": address}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.stack
def test_migrate_then_query(clickhouse_database: str) -> None:
    address = clickhouse_database
    assert "CREATE TABLE IF NOT EXISTS events" in errata(address, "migrate", "--dry-run").stdout
    assert "not yet" in errata(address, "migrate", "--list").stdout
    assert "applied" in errata(address, "migrate").stdout
    assert "nothing to do" in errata(address, "migrate").stdout
    assert "not yet" not in errata(address, "migrate", "--list").stdout
    assert errata(address, "query", "--tsv", "SELECT count() AS events, 'a\tb' AS t FROM errors").stdout == "events\tt\n0\ta b\n"  # fmt: skip
    refused = errata(address, "query", "DROP TABLE events")
    assert refused.returncode == 2
    assert "READONLY" in refused.stderr
