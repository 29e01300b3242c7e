"""No body makes the way from relay to table fail otherwise than by saying that it is invalid, or unwanted."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols import goldens
from tests.protocols.breaking import ANYTHING, BODIES, broken_bodies, inner, places
from tests.protocols.converting import BODY_FORMATS, RECEIVED_AT, BodyFormat, admitted, finished

from errata.contracts.messages import ProcessedEvent, encode
from errata.contracts.outcomes import Dropped, Invalid, Reason
from errata.contracts.pack import Item, ItemMeta, decode_pack, encode_pack
from errata.protocols.registry import EVENT_FORMATS, events_of
from errata_relay.items import Provenance, sort_items

SOURCE = Provenance(1, "main", RECEIVED_AT, "203.0.113.9", "application/json", "", "", "")


def packed(kind: BodyFormat, body: bytes, query: str = "") -> tuple[Item, ...]:
    """Give the items of a body as the processor takes them out of a pack; none when it is refused."""
    try:
        found = admitted(kind, body, {b"content-type": SOURCE.content_type.encode()}, query)
    except Invalid:
        return ()
    items = tuple(kept.item for kept in sort_items(found, SOURCE, max_item_bytes=1 << 20).kept)
    assert decode_pack(encode_pack(items)).items == items
    return items


def stored_of(item: Item) -> list[ProcessedEvent]:
    """Give what is stored of an item; nothing when it is invalid or unwanted."""
    found = []
    with contextlib.suppress(Invalid, Dropped):
        for event in events_of(item):
            with contextlib.suppress(Invalid, Dropped):
                found.append(finished(event, item.meta))
    for message in found:
        assert encode(message)
        assert message.group_hash
        assert isinstance(json.loads(bytes(message.payload)), dict)  # any reader of the topic can read it
    return found


def stored(kind: BodyFormat, body: bytes, query: str = "") -> list[ProcessedEvent]:
    return [message for item in packed(kind, body, query) for message in stored_of(item)]


@settings(deadline=None, max_examples=500)
@given(broken_bodies())
def test_what_befalls_a_good_body_is_borne_on_its_whole_way(broken):
    stored(*broken)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(list(BodyFormat)), st.binary(max_size=200), st.text(max_size=50))
def test_bytes_of_any_kind_are_borne(kind, body, query):
    stored(kind, body, query)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(list(EVENT_FORMATS)), st.binary(max_size=200) | ANYTHING.map(lambda tree: json.dumps(tree).encode())
)
def test_items_of_any_bytes_are_borne_by_the_processor(kind, payload):
    stored_of(Item(ItemMeta(kind, 1, "main", "a" * 32, 1), payload))


@pytest.mark.parametrize("kind", BODY_FORMATS)
def test_trees_without_end_are_refused_or_kept_out_of_reach(kind):
    stored(kind, b'{"data":' * 600 + b"1" + b"}" * 600)
    stored(kind, b"[" * 100_000)


@pytest.mark.parametrize(
    ("kind", "body"), BODIES, ids=lambda value: value.name if isinstance(value, BodyFormat) else ""
)
def test_a_value_nested_deeper_than_python_recurses_does_no_harm(kind, body):
    holders = [place for place in places(body) if len(place) > 1]
    for *way, last in holders[:: max(1, len(holders) // 12)]:
        tree = json.loads(json.dumps(body))
        inner(tree, tuple(way))[last] = "@deep@"
        stored(kind, goldens.written(kind, tree).replace(b'"@deep@"', b"[" * 900 + b"1" + b"]" * 900))


def test_more_than_a_client_has_reason_to_send_is_too_large():
    many = [
        (BodyFormat.BUGSNAG_EVENTS, {"events": [{}] * 101}),
        (BodyFormat.BUGSNAG_SESSIONS, {"sessions": [{"id": "a"}] * 101}),
        (BodyFormat.BROWSER_REPORTS, [{"csp-report": {"blocked-uri": "x"}}] * 101),
        (BodyFormat.OTLP_LOGS, {"resourceLogs": [{"scopeLogs": [{"logRecords": [{}] * 20_001}]}]}),
        (
            BodyFormat.OTLP_LOGS,
            {
                "resourceLogs": [
                    {
                        "resource": {"x": "y" * 200_000},
                        "scopeLogs": [{"logRecords": [{"severityNumber": 17, "n": n} for n in range(300)]}],
                    }
                ]
            },
        ),
    ]
    for kind, body in many:
        with pytest.raises(Invalid) as refusal:
            admitted(kind, json.dumps(body).encode())
        assert refusal.value.reason is Reason.TOO_LARGE


def test_huge_numbers_and_odd_texts_are_borne():
    body = b'{"data":{"timestamp":1e999,"uuid":"\\ud800","level":NaN,"body":{"trace":{"frames":[{"lineno":%s,"colno":true}]}}}}'
    (message,) = stored(BodyFormat.ROLLBAR_ITEM, body % (b"9" * 5000))
    assert message.event_id
