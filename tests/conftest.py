"""Fixtures for every test: real servers, each started when the first test asks for it, and a namespace on them.

A test asks for what it uses: `kafka_url`, `redis_url`, `clickhouse_url` are addresses that a session shares;
`topic_prefix`, `redis_db` and `clickhouse_database` are a test's own on them; `environment` is a service's, complete.
Mark such tests `@pytest.mark.stack`.
"""

import json
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import clickhouse_connect
import pytest
from redis import Redis
from tests.data import DATA, NO_DATA
from tests.servers import RUN, has_docker, server

from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.migrate import migrate

pytest_plugins = ["tests.faults.totals"]
_LONGEST_ID = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest, so that no process is left alone with it: the faults, and what needs servers."""
    items.sort(key=lambda item: ("faults" not in item.path.parts, item.get_closest_marker("stack") is None))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a structure among a test's parameters by how it is written, not by its number."""
    if not isinstance(val, dict | list | tuple):
        return None
    try:
        text = json.dumps(val)
    except (TypeError, ValueError):
        return None  # as pytest does it: what else it holds may be written otherwise in each process
    return text if len(text) <= _LONGEST_ID else f"{text[:_LONGEST_ID]}..."


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped since their data is not here: who sees only dots would not know."""
    skipped = terminalreporter.stats.get("skipped", [])
    lacking = [report for report in skipped if NO_DATA in str(report.longrepr)]
    if lacking:
        terminalreporter.write_line(f"{len(lacking)} tests were skipped: {NO_DATA}; see tests/README.md", yellow=True)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the corpora, recordings and load set."""
    if not DATA.is_dir():
        pytest.skip(NO_DATA)
    return DATA


@pytest.fixture(scope="session")
def docker_engine() -> bool:
    return has_docker()


@pytest.fixture(scope="session", autouse=True)
def _remove_run_folder() -> Iterator[None]:
    yield
    shutil.rmtree(RUN, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka_url(docker_engine: bool) -> Iterator[str]:
    """Address of a broker without topics, as in ERRATA_KAFKA."""
    with server("kafka", docker=docker_engine) as address:
        yield address


@pytest.fixture(scope="session")
def redis_url(docker_engine: bool) -> Iterator[str]:
    """Address of a Redis that several tests use one after the other; `redis_db` is it, emptied."""
    with server("redis", docker=docker_engine) as address:
        yield address


@pytest.fixture(scope="session")
def clickhouse_url(docker_engine: bool) -> Iterator[str]:
    """Address of a ClickHouse; its database `errata` is not there yet."""
    with server("clickhouse", docker=docker_engine) as address:
        yield address


@pytest.fixture
def topic_prefix() -> str:
    """Prefix of topics, groups and transactional ids that no other test has: ERRATA_TOPIC_PREFIX."""
    return f"t{uuid.uuid4().hex[:10]}."


@pytest.fixture
def redis_db(redis_url: str) -> str:
    """Address of an empty Redis."""
    with Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url


@pytest.fixture
def clickhouse_database(clickhouse_url: str) -> Iterator[str]:
    """Address of an empty database of the test's own, without tables; dropped afterwards."""
    name = f"t{uuid.uuid4().hex[:10]}"
    address = urlsplit(clickhouse_url)
    client = clickhouse_connect.get_client(
        host=address.hostname, port=address.port, username=address.username, password=address.password or ""
    )
    client.command(f"CREATE DATABASE {name}")
    yield address._replace(path=f"/{name}").geturl()
    client.command(f"DROP DATABASE {name}")
    client.close()


@pytest.fixture
async def clickhouse(clickhouse_database: str) -> AsyncIterator[ClickHouse]:
    """A client of that database, with all tables."""
    client = await ClickHouse.connect(clickhouse_database)
    await migrate(client, lambda _migration: None)
    yield client
    await client.close()


@pytest.fixture
def environment(kafka_url: str, redis_db: str, clickhouse_database: str, topic_prefix: str) -> dict[str, str]:
    """The variables that make a service run on all three servers in a namespace of the test's own."""
    return {
        "ERRATA_KAFKA": kafka_url,
        "ERRATA_REDIS": redis_db,
        "ERRATA_CLICKHOUSE": clickhouse_database,
        "ERRATA_TOPIC_PREFIX": topic_prefix,
    }
