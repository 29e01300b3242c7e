"""One console for the tests of a module, on a database of its own."""

import asyncio
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from tests.services.errata_console.running import RunningConsole, migrated

from errata.stores.clickhouse.migrate import create_database


@pytest.fixture(scope="module")
def database(clickhouse_url: str) -> str:
    """Address of a database with tables."""
    address = urlsplit(clickhouse_url)._replace(path=f"/t{uuid.uuid4().hex[:10]}").geturl()
    asyncio.run(create_database(address))
    return migrated(address)


@pytest.fixture(scope="module")
def console(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningConsole]:
    running = RunningConsole(tmp_path_factory.mktemp("console"), database)
    running.start()
    yield running
    running.kill()
    running.http.close()
