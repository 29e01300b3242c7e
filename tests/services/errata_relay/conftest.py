"""A running relay on topics of the test's own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.services.errata_relay.running import PARTITIONS, RunningRelay
from tests.waiting import eventually

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.topics import make_topics


@pytest.fixture
async def topics(kafka_url: str, topic_prefix: str) -> str:
    """Prefix of topics that exist."""
    await make_topics(CommonSettings(kafka=kafka_url, topic_prefix=topic_prefix, partitions=PARTITIONS))
    return topic_prefix


@pytest.fixture
async def start_relay(tmp_path: Path, kafka_url: str, topics: str) -> AsyncIterator[Callable[..., RunningRelay]]:
    """Start a relay with settings of the test's choice; it is gone afterwards."""
    started: list[RunningRelay] = []

    def start(**settings: object) -> RunningRelay:
        relay = RunningRelay(tmp_path, kafka_url, topics, **settings)
        started.append(relay)
        relay.start()
        return relay

    yield start
    for relay in started:
        relay.kill()


@pytest.fixture
def relay(start_relay: Callable[..., RunningRelay]) -> RunningRelay:
    """A relay with the settings that it has by default."""
    return start_relay()


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Wait until something holds, for at most 20 s."""

    async def wait(holds: Callable[[], bool]) -> None:
        assert await eventually(holds), "it did not come to hold"

    return wait
