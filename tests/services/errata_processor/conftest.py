"""A rig on the session's servers, cleaned up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.services.errata_processor.rig import Rig


@pytest.fixture
async def rig(tmp_path: Path, kafka_url: str, redis_db: str, topic_prefix: str) -> AsyncIterator[Rig]:
    environment = {
        "ERRATA_KAFKA": kafka_url,
        "ERRATA_REDIS": redis_db,
        "ERRATA_TOPIC_PREFIX": topic_prefix,
        "ERRATA_SESSION_SECONDS": "6",
    }
    rig = Rig(tmp_path, environment)
    await rig.make_topics()
    yield rig
    rig.stop()
