"""An event of a Sentry client is taken as it is, but for what its age could not say."""

import json

import pytest

from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.protocols.registry import events_of

RAISED = {"type": "*errors.errorString", "value": "no card"}


def mechanism_of(**event):
    meta = ItemMeta(ItemFormat.SENTRY_EVENT, project=1, key_id="web", event_id="a" * 32, received_at=1)
    (found,) = events_of(Item(meta, json.dumps(event).encode()))
    exception = found["exception"]
    return (exception["values"] if isinstance(exception, dict) else exception)[-1].get("mechanism")


@pytest.mark.parametrize("platform", ["go", "ruby"])
def test_what_clients_without_a_mechanism_send_was_handed_to_them(platform):
    assert mechanism_of(platform=platform, exception=[RAISED, RAISED]) == {"type": "generic", "handled": True}
    assert mechanism_of(platform=platform, exception={"values": [RAISED]}) == {"type": "generic", "handled": True}


def test_a_mechanism_that_is_there_is_left_alone():
    panic = {"type": "panic", "handled": False}
    assert mechanism_of(platform="go", exception=[{**RAISED, "mechanism": panic}]) == panic
    assert mechanism_of(platform="go", exception=[{**RAISED, "mechanism": panic}, RAISED]) is None


def test_of_other_platforms_nothing_is_assumed():
    assert mechanism_of(platform="python", exception=[RAISED]) is None
    assert mechanism_of(platform=["go"], exception=[RAISED]) is None
