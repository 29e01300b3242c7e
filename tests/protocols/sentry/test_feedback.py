"""What users said is read from each of the forms it comes in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.protocols.sentry.feedback import Feedback, feedback_of

ID, OTHER = "d9286514e99142f5a98855fc94800776", "d796da9990364d2fac1d03861e37bae6"


def item(payload: Any, kind: ItemFormat = ItemFormat.SENTRY_FEEDBACK) -> Item:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Item(ItemMeta(kind, project=1, key_id="web", event_id="", received_at=1), data)


def test_a_feedback_event_is_read() -> None:
    said = {
        "contact_email": "a@b.c",
        "name": "Ann",
        "message": " it broke\n",
        "associated_event_id": OTHER,
        "source": "widget",
    }
    event = {
        "type": "feedback",
        "event_id": ID,
        "release": "shop@1.2.3",
        "environment": "staging",
        "contexts": {"feedback": said},
        "request": {"url": "https://shop.example/cart?token=abc#top"},
    }
    assert feedback_of(item(event)) == Feedback(
        event_id=ID,
        associated_event_id=OTHER,
        name="Ann",
        email="a@b.c",
        message="it broke",
        url="https://shop.example/cart",
        source="widget",
        release="shop@1.2.3",
        environment="staging",
    )
    event["contexts"] = {"feedback": said | {"url": "https://shop.example/x"}}
    assert feedback_of(item(event)).url == "https://shop.example/x"


def test_a_user_report_is_read() -> None:
    report = {"event_id": ID.upper(), "email": "a@b.c", "name": "Anna", "comments": "it broke"}
    assert feedback_of(item(report, ItemFormat.SENTRY_USER_REPORT)) == Feedback(
        associated_event_id=ID, name="Anna", email="a@b.c", message="it broke", source="user_report"
    )


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"{", Reason.BAD_JSON),
        (b"[]", Reason.NOT_AN_OBJECT),
        ({}, Reason.NO_ITEMS),
        ({"contexts": {"feedback": {"name": "Ann"}}}, Reason.NO_ITEMS),
        ({"contexts": {"feedback": {"message": "  "}}}, Reason.NO_ITEMS),
        ({"contexts": []}, Reason.NO_ITEMS),
    ],
)
def test_feedback_that_says_nothing_is_none(payload: Any, reason: Reason) -> None:
    with pytest.raises(Invalid) as refusal:
        feedback_of(item(payload))
    assert refusal.value.reason is reason


def test_texts_are_bounded() -> None:
    long = "x" * 100_000
    said = {
        "contact_email": long,
        "name": long,
        "message": long,
        "associated_event_id": long,
        "url": long,
        "source": long,
    }
    found = feedback_of(item({"contexts": {"feedback": said}, "release": long, "event_id": long}))
    assert len(found.message) == 4_096
    assert len(msg := found.email + found.name + found.url + found.source + found.release) < 3_000, len(msg)
    assert (found.event_id, found.associated_event_id) == ("", "")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "event_id": anything,
        "release": anything,
        "comments": anything,
        "email": anything,
        "request": anything | st.fixed_dictionaries({"url": anything}),
        "contexts": anything
        | st.fixed_dictionaries({"feedback": anything | st.fixed_dictionaries({"message": anything, "url": anything})}),
    },
)


@given(events | anything, st.sampled_from([ItemFormat.SENTRY_FEEDBACK, ItemFormat.SENTRY_USER_REPORT]))
def test_any_payload_is_read_or_refused(payload: Any, kind: ItemFormat) -> None:
    try:
        assert feedback_of(item(payload, kind)).message
    except Invalid:
        return
