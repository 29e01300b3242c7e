"""Items become events by the module of their format."""

import pytest

from errata.contracts.outcomes import Dropped, Invalid, Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.protocols.registry import events_of


def item(payload, format_=ItemFormat.SENTRY_EVENT):
    return Item(ItemMeta(format=format_, project=1, key_id="web", event_id="a" * 32, received_at=1), payload)


def test_a_sentry_event_is_one_event():
    assert events_of(item(b'{"message": "\\ud800", "extra": {"n": NaN}}')) == [{"message": "\ufffd", "extra": {"n": 0}}]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"[1]", Reason.NOT_AN_OBJECT),
        (b"{", Reason.BAD_JSON),
        (b"[" * 5000, Reason.TOO_DEEP),
        (b"null", Reason.NOT_AN_OBJECT),
    ],
)
def test_what_is_no_object_is_invalid(payload, reason):
    with pytest.raises(Invalid) as refusal:
        events_of(item(payload))
    assert refusal.value.reason is reason


def test_a_session_is_no_error():
    with pytest.raises(Dropped) as ending:
        events_of(item(b"{}", ItemFormat.SENTRY_SESSION))
    assert ending.value.reason is Reason.UNSUPPORTED_ITEM
