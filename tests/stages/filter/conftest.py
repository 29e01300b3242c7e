"""What the tests of filters share: how an event ends under some settings."""

import pytest

from errata.config.filters import FilterSettings
from errata.config.model import Project
from errata.contracts.outcomes import Dropped
from errata.stages.filter import Filter
from errata.stages.stage import Context


@pytest.fixture
def ending():
    """Give the reason that an event is dropped for, None when it passes unchanged."""

    def end(event, *, client_address="", user_agent="", **settings):
        stage = Filter(Project(id=1, slug="shop", keys=(), filters=FilterSettings(**settings)))
        context = Context(event_id="a" * 32, received_at=0, client_address=client_address, user_agent=user_agent)
        try:
            assert stage(event, context) is event
        except Dropped as dropped:
            return dropped.reason
        return None

    return end
