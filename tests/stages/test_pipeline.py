"""The chain takes any JSON: it ends as an event, or with a reason."""

import gc
import weakref

from hypothesis import given, settings
from tests.stages.any_events import events

from errata.config.model import Project
from errata.contracts import odd_json
from errata.contracts.outcomes import Dropped, Invalid
from errata.stages.pipeline import StageFailed, build
from errata.stages.stage import Context

CONTEXT = Context(event_id="a" * 32, received_at=1_700_000_000_000_000, hash_key=b"test")
CHAIN = build(Project(id=7, slug="shop", keys=()))


@settings(max_examples=150, deadline=None)
@given(events)
def test_no_event_makes_a_stage_fail(event):
    try:
        CHAIN(odd_json.loads(odd_json.dumps(event)), CONTEXT)
    except (Dropped, Invalid):
        pass
    except StageFailed as failure:  # pragma: no cover - only when a stage has a bug
        raise failure.__cause__ from None


def test_an_event_is_freed_as_soon_as_nobody_holds_it():
    class Watched(dict):
        """A plain object cannot be watched."""

    event = Watched(
        odd_json.loads(b'{"user": {"email": "bob@ex.org"}, "extra": {"token": "a1b2c3d4", "to": "x@y.org"}}')
    )
    watched = weakref.ref(event)
    gc.disable()  # it would find cycles, too, but late, and it costs time
    try:
        CHAIN(event, CONTEXT)
        del event
        assert watched() is None
    finally:
        gc.enable()
