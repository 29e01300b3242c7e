"""A migrated database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.migrate import migrate


@pytest.fixture
async def clickhouse(clickhouse_database: str) -> AsyncIterator[ClickHouse]:
    client = await ClickHouse.connect(clickhouse_database)
    await migrate(client, lambda _migration: None)
    yield client
    await client.close()
