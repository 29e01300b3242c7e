"""Session items, as clients write them and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.protocols.sentry.sessions import STATUSES, SessionUpdate, updates_of

NOW = 1_795_436_400_000_000


def item(payload: bytes, kind: ItemFormat = ItemFormat.SENTRY_SESSION) -> Item:
    return Item(ItemMeta(format=kind, project=1, key_id="web", event_id="", received_at=NOW), payload)


def test_a_session_of_the_python_sdk() -> None:
    payload = b"""{"sid": "97D6FA3e-bb9a-4b8a-9e9a-9d3e1e6d1c11", "did": "42", "init": true, "status": "crashed",
        "started": "2026-11-23T12:00:00.500000Z", "timestamp": "2026-11-23T12:00:02Z", "duration": 1.5, "errors": 1,
        "attrs": {"release": "shop@1.0", "environment": "production"}}"""
    (update,) = updates_of(item(payload), b"key")
    assert update == SessionUpdate(
        sid="97d6fa3ebb9a4b8a9e9a9d3e1e6d1c11", status="crashed", started=1_795_435_200_500_000, errors=1, duration=1.5,
        user=update.user, release="shop@1.0", environment="production",
    )  # fmt: skip
    assert len(update.user) == 16


def test_sums_are_one_update_a_status() -> None:
    payload = b"""{"aggregates": [{"started": "2026-11-23T12:00:00Z", "exited": 12, "errored": 0, "crashed": 2}, {"exited": 1}],
        "attrs": {"release": "r"}}"""
    updates = updates_of(item(payload, ItemFormat.SENTRY_SESSIONS))
    assert [(update.status, update.quantity, update.sid) for update in updates] == [("exited", 12, ""), ("crashed", 2, ""), ("exited", 1, "")]  # fmt: skip
    assert updates[2].started == NOW


def test_a_user_is_hashed_with_the_installation_s_key() -> None:
    payload = b'{"sid": "a", "did": "someone@example.com"}'
    with_key, with_other = (updates_of(item(payload), key)[0].user for key in (b"one", b"two"))
    assert with_key != with_other
    assert updates_of(item(payload), b"one")[0].user == with_key


@pytest.mark.parametrize(
    ("payload", "kind", "reason"),
    [
        (b"{", ItemFormat.SENTRY_SESSION, Reason.BAD_JSON),
        (b"[]", ItemFormat.SENTRY_SESSION, Reason.NOT_AN_OBJECT),
        (b"{}", ItemFormat.SENTRY_SESSION, Reason.NO_ITEMS),
        (b"{}", ItemFormat.SENTRY_SESSIONS, Reason.NO_ITEMS),
        (b'{"aggregates": [{"exited": 0}]}', ItemFormat.SENTRY_SESSIONS, Reason.NO_ITEMS),
        (b'{"aggregates": [' + b'{"exited": 1},' * 1_440 + b'{"exited": 1}]}', ItemFormat.SENTRY_SESSIONS, Reason.TOO_LARGE),
    ],
)  # fmt: skip
def test_what_names_no_session_is_invalid(payload: bytes, kind: ItemFormat, reason: Reason) -> None:
    with pytest.raises(Invalid) as ending:
        updates_of(item(payload, kind))
    assert ending.value.reason is reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from([ItemFormat.SENTRY_SESSION, ItemFormat.SENTRY_SESSIONS])
FIELDS = st.sampled_from(["sid", "did", "status", "started", "errors", "duration", "attrs", "aggregates", "exited"])


@given(st.dictionaries(FIELDS, JSON | st.lists(st.dictionaries(FIELDS, JSON), max_size=3)), KINDS)
def test_whatever_is_sent_ends_as_updates_or_invalid(tree: dict[str, object], kind: ItemFormat) -> None:
    import json

    try:
        updates = updates_of(item(json.dumps(tree).encode(), kind))
    except Invalid:
        return
    assert updates
    for update in updates:
        assert update.status in STATUSES
        assert 0 <= update.errors < 2**32
        assert 0 < update.quantity < 2**32
        assert -(2**63) <= update.started < 2**63
