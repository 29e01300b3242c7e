"""What the tests of normalize share: the stage, and a call of it."""

import pytest

from errata.config.model import Project
from errata.stages.normalize import Normalize
from errata.stages.stage import Context

RECEIVED = 1_700_000_000_000_000


@pytest.fixture
def normalized():
    stage = Normalize(Project(id=1, slug="shop", keys=()))

    def normalize(event, **context):
        return stage(event, Context(event_id="a" * 32, received_at=RECEIVED, **context))

    return normalize


@pytest.fixture
def errors_of(normalized):
    """Types and names of what normalize notes as wrong."""

    def errors(event):
        return [(note["type"], note["name"]) for note in normalized(event).get("errors", ())]

    return errors
