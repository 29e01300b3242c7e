"""What the relay is told of Sentry requests: each item is kept, or has a reason."""

import base64
import json
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import ItemFormat
from errata.protocols.admitted import NotKept
from errata.protocols.sentry.admit import KEPT, admit_cron, admit_envelope, admit_items, admit_store_query
from errata.protocols.sentry.client_reports import discards_of
from errata.protocols.sentry.envelope import Envelope, EnvelopeItem

ID = "9ec79c33ec9942ab8353589fcb2e04dc"

items = st.builds(
    EnvelopeItem,
    st.sampled_from([*KEPT, "log", "", "unheard-of"]),
    st.just(b"{}"),
    st.sampled_from([b"{}", b"{", b"[]", b"", b'{"type":"transaction"}', b'{"a":"%s"}' % (b"a" * 200)]).map(memoryview),
)


def envelope(*found: tuple[str, bytes]) -> Envelope:
    return Envelope("", "", "", tuple(EnvelopeItem(kind, b"{}", memoryview(payload)) for kind, payload in found))


@given(st.lists(items, min_size=1, max_size=8), st.sampled_from(["", ID]))
def test_no_item_is_lost_or_in_two_places(found, event_id):
    admitted = admit_items(Envelope(event_id, "", "", tuple(found)), max_item_bytes=100)
    assert len(admitted.items) + len(admitted.not_kept) == len(found)


def test_an_item_that_is_not_kept_ends_with_its_reason():
    found = envelope(
        ("event", b"{"),
        ("event", b"[%s1]" % (b"1," * 100)),
        ("replay_event", b""),
        ("event", b'{"type":"transaction"}'),
        ("client_report", b"["),
    )
    assert admit_items(found, max_item_bytes=100).not_kept == (
        NotKept(Reason.BAD_JSON, "error"),
        NotKept(Reason.TOO_LARGE, "error"),
        NotKept(Reason.UNSUPPORTED_ITEM, "replay"),
        NotKept(Reason.UNSUPPORTED_ITEM, "transaction"),
        NotKept(Reason.BAD_JSON, "internal"),
    )


def test_feedback_is_kept_however_it_comes():
    found = envelope(
        ("feedback", b'{"type":"feedback"}'),
        ("event", b'{"type":"feedback"}'),
        ("user_report", b'{"comments":"it broke"}'),
        ("attachment", b"\x89PNG"),
    )
    admitted = admit_items(found, max_item_bytes=100)
    assert [item.format for item in admitted.items] == [
        ItemFormat.SENTRY_FEEDBACK,
        ItemFormat.SENTRY_FEEDBACK,
        ItemFormat.SENTRY_USER_REPORT,
    ]
    assert admitted.not_kept == (NotKept(Reason.UNSUPPORTED_ITEM, "attachment"),)


def test_items_are_looked_into_up_to_some_megabytes_together():
    one = ("event", b"[%s1]" % (b"1," * 48))
    admitted = admit_items(envelope(("attachment", bytes(10_000)), *[one] * 10), max_item_bytes=100)
    assert len(admitted.items) == 8
    assert admitted.not_kept[:2] == (NotKept(Reason.TOO_LARGE, "error"),) * 2


def test_an_envelopes_own_id_wins_over_that_of_its_event():
    body = b'{"event_id":"%s"}\n{"type":"event"}\n{"event_id":"%s"}' % (ID.encode(), b"a" * 32)
    admitted = admit_envelope(body, max_items=9, max_item_bytes=99)
    assert (admitted.request_id, admitted.items[0].event_id) == (ID, ID)


def test_client_reports_become_discards_by_reason_and_category():
    report = {
        "timestamp": 1,
        "discarded_events": [
            {"reason": "before_send", "category": "error", "quantity": 3},
            {"reason": "ratelimit_backoff", "category": "log_byte", "quantity": 4096},
            {"reason": "a word of 2031", "category": "a category of 2031", "quantity": 1},
            {"reason": ["odd"], "category": None, "quantity": 2.0},
        ],
    }
    assert discards_of(json.dumps(report).encode()) == (
        NotKept(Reason.BEFORE_SEND, "error", 3),
        NotKept(Reason.RATELIMIT_BACKOFF, "log_byte", 4096),
        NotKept(Reason.OTHER_DISCARD, "default", 1),
        NotKept(Reason.OTHER_DISCARD, "default", 2),
    )


def test_a_client_report_of_many_kilobytes_is_none():
    with pytest.raises(Invalid, match="too_large"):
        discards_of(b'{"discarded_events":[%s]}' % (b" " * 70_000))


@pytest.mark.parametrize("quantity", ["0", "-1", "1e300", "NaN", '"3"', "null", "true1"])
def test_quantities_that_are_none_are_left_out(quantity):
    report = b'{"discarded_events":[{"reason":"before_send","category":"error","quantity":%s}, 7]}' % quantity.encode()
    if quantity == "true1":
        with pytest.raises(Invalid):
            discards_of(report)
    else:
        assert discards_of(report) == ()


@pytest.mark.parametrize(
    "data",
    [b'{"event_id":"%s"}' % ID.encode(), base64.b64encode(zlib.compress(b'{"event_id":"%s"}' % ID.encode()))],
)
def test_an_event_in_a_query_is_taken(data):
    admitted = admit_store_query(f"sentry_version=7&sentry_data={quote(data, safe='+/')}", max_item_bytes=1000)
    assert admitted.items[0].event_id == ID


def test_a_query_without_an_event_is_refused():
    with pytest.raises(Invalid, match="no_items"):
        admit_store_query("sentry_key=a", max_item_bytes=1000)


def test_a_check_in_is_made_of_path_query_and_body():
    admitted = admit_cron("nightly", b"", "status=ok&environment=live&sentry_key=a")
    assert admitted.items[0].format is ItemFormat.SENTRY_CHECK_IN
    assert json.loads(admitted.items[0].payload) == {"monitor_slug": "nightly", "status": "ok", "environment": "live"}
    admitted = admit_cron("nightly", b'{"status":"error","monitor_config":{"schedule":1}}', "")
    assert json.loads(admitted.items[0].payload)["monitor_config"] == {"schedule": 1}


def test_a_check_in_of_odd_json_is_written_as_strict_json():
    (item,) = admit_cron("nightly", b'{"a":"\\ud800","b":NaN}', "").items
    assert json.loads(item.payload) == {"a": "\ufffd", "b": None, "monitor_slug": "nightly"}


def test_a_check_in_that_is_nested_too_deeply_is_refused():
    with pytest.raises(Invalid, match="too_deep"):
        admit_cron("nightly", b'{"a":%s%s}' % (b"[" * 1_000, b"]" * 1_000), "")


def test_what_is_not_kept_of_an_item_of_many_is_counted_one_by_one():
    body = b'{}\n{"type":"log","item_count":100}\n{"items":[%s]}\n' % b",".join([b"{}"] * 100)
    assert admit_envelope(body, max_items=1, max_item_bytes=10).not_kept == (
        NotKept(Reason.UNSUPPORTED_ITEM, "log_item", 100),
    )
