"""Real servers for tests: containers where a Docker engine answers, the local stack otherwise."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
from testcontainers.community.clickhouse import ClickHouseContainer
from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.redis import RedisContainer

from errata_cli.local.options import StackOptions
from errata_cli.local.ports import PortPicker
from errata_cli.local.stack import LocalStack

RUN = Path(__file__).resolve().parents[1] / ".errata" / "tests" / str(os.getpid())
"""Everything that this test session writes to disk."""
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_PORTS_A_WORKER = 1_000
PORTS = PortPicker(range(10_000 + _WORKER * _PORTS_A_WORKER, 10_000 + (_WORKER + 1) * _PORTS_A_WORKER))
"""Free ports for processes that tests start by themselves; none is given twice in a run, whatever process asks."""


def has_docker() -> bool:
    """Whether a Docker engine answers."""
    try:
        client = docker.from_env(timeout=2)
        client.ping()
    except docker.errors.DockerException:
        return False
    client.close()
    return True


@contextmanager
def server(name: str, *, docker: bool) -> Iterator[str]:
    """Give the address of a fresh kafka, redis or clickhouse, for as long as the context is open."""
    if docker:
        with CONTAINERS[name]() as address:
            yield address
    else:
        with LocalStack(stack_options(name, only=(name,))) as stack:
            yield stack.environment[f"ERRATA_{name.upper()}"]
        stack.remove_data()


def stack_options(name: str, **options: Any) -> StackOptions:
    """Give options of a stack with free ports and an empty data folder of its own."""
    data = RUN / name
    shutil.rmtree(data, ignore_errors=True)
    free = dict.fromkeys(("relay_port", "console_port", "kafka_port", "redis_port", "clickhouse_port"), 0)
    return StackOptions(data=data, config=data / "config", **(free | options))


@contextmanager
def _kafka_container() -> Iterator[str]:
    image = KafkaContainer("confluentinc/cp-kafka:8.0.0").with_kraft()
    for name in ("TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "TRANSACTION_STATE_LOG_MIN_ISR"):
        image.with_env(f"KAFKA_{name}", "1")
    image.with_env("KAFKA_MESSAGE_MAX_BYTES", "8388608")
    image.with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
    with image as kafka:
        yield f"kafka://{kafka.get_bootstrap_server()}"


@contextmanager
def _redis_container() -> Iterator[str]:
    image = RedisContainer("redis:7").with_command("redis-server --maxmemory-policy noeviction")
    with image as redis:
        yield f"redis://{redis.get_container_host_ip()}:{redis.get_exposed_port(6379)}/0"


@contextmanager
def _clickhouse_container() -> Iterator[str]:
    image = ClickHouseContainer("clickhouse/clickhouse-server:26.3", username="errata", password="errata")
    with image as clickhouse:
        host, port = clickhouse.get_container_host_ip(), clickhouse.get_exposed_port(8123)
        yield f"http://errata:errata@{host}:{port}/errata"


CONTAINERS = {"kafka": _kafka_container, "redis": _redis_container, "clickhouse": _clickhouse_container}
