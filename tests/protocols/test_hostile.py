"""No body makes a protocol module fail otherwise than by saying that it is invalid, or take long over it."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.breaking import ANYTHING, BODIES, broken_bodies, places
from tests.protocols.converting import BODY_FORMATS, BodyFormat, admitted, items_in

from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemMeta
from errata.protocols.registry import EVENT_FORMATS, events_of


def convert(kind: BodyFormat, body: bytes, query: str = "") -> list[dict] | None:
    """Give what a body becomes, None when it is refused."""
    try:
        return [
            event
            for item in items_in(admitted(kind, body, {}, query))
            if item.meta.format in EVENT_FORMATS
            for event in events_of(item)
        ]
    except Invalid:
        return None


@settings(deadline=None, max_examples=400)
@given(broken_bodies())
def test_values_of_any_type_anywhere_are_borne(broken):
    kind, body = broken
    for event in convert(kind, json.dumps(body).encode()) or ():
        assert isinstance(event, dict)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(list(BodyFormat)), st.binary(max_size=200), st.text(max_size=50))
def test_bytes_of_any_kind_are_borne(kind, body, query):
    convert(kind, body, query)


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(list(EVENT_FORMATS)), st.binary(max_size=200) | ANYTHING.map(lambda tree: json.dumps(tree).encode())
)
def test_items_of_any_bytes_are_borne_by_the_processor(kind, payload):
    item = Item(ItemMeta(kind, 1, "main", "a" * 32, 1), payload)
    with contextlib.suppress(Invalid):
        assert isinstance(events_of(item), list)


@pytest.mark.parametrize("kind", BODY_FORMATS)
def test_trees_without_end_are_refused_or_kept_out_of_reach(kind):
    deep = b'{"data":' * 600 + b"1" + b"}" * 600
    convert(kind, deep)
    convert(kind, b"[" * 100_000)


@pytest.mark.parametrize(
    ("kind", "body"), BODIES, ids=lambda value: value.name if isinstance(value, BodyFormat) else ""
)
def test_a_value_nested_deeper_than_python_recurses_does_no_harm(kind, body):
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    text = json.dumps(body)
    holders = [place for place in places(json.loads(text)) if len(place) > 1]
    for place in holders[:: max(1, len(holders) // 12)]:
        tree = json.loads(text)
        inner = tree
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = "@deep@"
        convert(kind, json.dumps(tree).encode().replace(b'"@deep@"', b"[" * 900 + b"1" + b"]" * 900))


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
    (event,) = convert(BodyFormat.ROLLBAR_ITEM, body % (b"9" * 5000)) or ()
    assert event["exception"]["values"]
