"""A whole Errata for real clients to send to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from tests.load.installation import Installation

from errata.stores.clickhouse.client import ClickHouse

Stored = Callable[[str], Awaitable[dict[str, str]]]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running stack with one project."""
    with Installation(tmp_path_factory.mktemp("clients"), rules=[]) as stack:
        yield stack


@pytest.fixture
async def stored(installation: Installation) -> Stored:
    """Wait until two errors are stored whose text ends with the name given; value -> type of each."""

    async def wait(name: str) -> dict[str, str]:
        clickhouse = await ClickHouse.connect(installation.settings.clickhouse)
        try:
            found: dict[str, str] = {}
            for _ in range(120):
                rows = await clickhouse.rows(
                    "SELECT exception_values[-1], exception_types[-1] FROM events"
                    f" WHERE endsWith(exception_values[-1], 'handled by {name}')"
                )
                found = {str(value): str(kind) for value, kind in rows}
                if len(found) == 2:
                    break
                await asyncio.sleep(0.5)
            return found
        finally:
            await clickhouse.close()

    return wait


@pytest.fixture(scope="session")
def clients_folder(request: pytest.FixtureRequest) -> Path:
    """Folder that clients are installed into, kept between runs."""
    folder = request.config.rootpath / ".errata" / "clients"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
