"""Scrubs one event by settings and rules of a test's own."""

from errata.config.model import Project
from errata.config.scrub import ScrubSettings
from errata.stages.scrub import Scrub
from errata.stages.stage import Context

CONTEXT = Context(event_id="0" * 32, received_at=0, hash_key=b"key of the tests")
CARD = "4111111111111111"


def scrubbed(event, *rules, **settings):
    return Scrub(Project(id=1, slug="shop", keys=(), scrub=ScrubSettings(rules=rules, **settings)))(event, CONTEXT)
