"""A whole Errata for real clients to send to, and what is stored of what they sent."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.load.installation import Installation

from errata.stores.clickhouse.client import ClickHouse


class Stored(NamedTuple):
    """What is stored of one error, as far as every client can tell it."""

    type: str
    functions: tuple[str, ...]
    """The innermost two, the innermost last."""
    level: str
    handled: bool | None
    release: str
    environment: str
    user: str
    tags: dict[str, str]


class Client(NamedTuple):
    """What a client can tell of an error that was handled and of one that nobody caught, in this order."""

    name: str
    tags: dict[str, str]
    """What its program gives both errors, by whatever the client has for it."""
    levels: tuple[str, str] = ("error", "error")
    handled: tuple[bool | None, bool | None] = (None, None)
    """None where the client has no word for it."""
    release: str = "shop@1.0.0"

    def check(self, found: dict[str, Stored], types: tuple[str, str]) -> None:
        """Compare both errors with what is stored of them."""
        texts = (f"handled by {self.name}", f"unhandled by {self.name}")
        assert sorted(found) == sorted(texts)
        for place, text in enumerate(texts):
            seen = found[text]
            assert self.tags.items() <= seen.tags.items()
            wanted = Stored(
                type=types[place],
                functions=("order", "charge"),
                level=self.levels[place],
                handled=self.handled[place],
                release=self.release,
                environment="live",
                user="17",
                tags=seen.tags,
            )
            assert seen == wanted


StoredErrors = Callable[[str], Awaitable[dict[str, Stored]]]
_ERRORS = (
    "SELECT exception_values[-1], exception_types[-1], level, handled, release, environment, tags, payload FROM events"
    " WHERE endsWith(exception_values[-1], 'handled by {}')"
)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running stack with one project."""
    with Installation(tmp_path_factory.mktemp("clients"), rules=[]) as stack:
        yield stack


@pytest.fixture
async def stored(installation: Installation) -> StoredErrors:
    """Wait until two errors are stored whose text ends with the name given; by the text of each."""

    async def wait(name: str) -> dict[str, Stored]:
        clickhouse = await ClickHouse.connect(installation.settings.clickhouse)
        try:
            found: dict[str, Stored] = {}
            for _ in range(120):
                found = {str(row[0]): _stored(row[1:]) for row in await clickhouse.rows(_ERRORS.format(name))}
                if len(found) == 2:
                    break
                await asyncio.sleep(0.5)
            return found
        finally:
            await clickhouse.close()

    return wait


def _stored(row: tuple) -> Stored:
    kind, level, handled, release, environment, tags, payload = row
    event = json.loads(payload)
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    functions = tuple(frame.get("function", "") for frame in frames[-2:])
    return Stored(
        kind, functions, level, handled, release, environment, event.get("user", {}).get("id", ""), dict(tags)
    )


@pytest.fixture(scope="session")
def clients_folder(request: pytest.FixtureRequest) -> Path:
    """Folder that clients are installed into, kept between runs."""
    folder = request.config.rootpath / ".errata" / "clients"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
