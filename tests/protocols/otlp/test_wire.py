"""Protobuf is read as it was written, and bytes that are no protobuf are refused."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocols.otlp.encoding import encode

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.otlp import schema, wire
from errata.protocols.otlp.attributes import plain

TIMES = st.integers(0, 2**64 - 1)
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=20)
SCALARS = st.one_of(
    st.builds(lambda value: {"stringValue": value}, TEXTS),
    st.builds(lambda value: {"boolValue": value}, st.booleans()),
    st.builds(lambda value: {"intValue": value}, st.integers(-(2**63), 2**63 - 1)),
    st.builds(lambda value: {"doubleValue": value}, st.floats(allow_nan=False)),
    st.builds(lambda value: {"bytesValue": value}, st.sampled_from(["", "AA==", "/+8="])),
    st.just({}),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda values: {"arrayValue": {"values": values}}),
        st.lists(st.fixed_dictionaries({"key": TEXTS, "value": inner}), min_size=1, max_size=3).map(
            lambda pairs: {"kvlistValue": {"values": pairs}}
        ),
    ),
    max_leaves=6,
)
ATTRIBUTES = st.lists(st.fixed_dictionaries({"key": TEXTS, "value": VALUES}), min_size=1, max_size=3)
IDS = st.binary(min_size=16, max_size=16).map(bytes.hex)
RECORDS = st.fixed_dictionaries(
    {"timeUnixNano": TIMES, "body": VALUES},
    optional={
        "severityNumber": st.integers(0, 24),
        "severityText": TEXTS,
        "attributes": ATTRIBUTES,
        "flags": st.integers(0, 2**32 - 1),
        "traceId": IDS,
        "eventName": TEXTS,
    },
)
REQUESTS = st.lists(RECORDS, min_size=1, max_size=3).map(
    lambda records: {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "a"}, "logRecords": records}]}]}
)


def decoded(data: bytes, name: str = "Logs") -> dict:
    return schema.decode(wire.Reader(data), name)


@settings(deadline=None)
@given(REQUESTS)
def test_a_request_is_read_as_it_was_written(request_tree):
    assert decoded(encode(request_tree, "Logs")) == request_tree


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(sorted(schema.MESSAGES)), st.binary(max_size=60))
def test_any_bytes_are_a_message_or_invalid(name, data):
    with contextlib.suppress(Invalid):
        assert isinstance(decoded(data, name), dict)


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a",  # no length
        b"\x0a\x05ab",  # shorter than it says
        b"\x0b",  # a group
        b"\x02\x00",  # field 0
        b"\x09\x01",  # half of eight bytes
        b"\xff" * 11,  # a number without end
        b"\x0a" + b"\xff" * 9 + b"\x01",  # as long as the world
    ],
)
def test_broken_bytes_are_invalid(data):
    with pytest.raises(Invalid) as refusal:
        decoded(data)
    assert refusal.value.reason is Reason.BAD_ENVELOPE


def test_unknown_fields_and_fields_of_another_kind_are_skipped():
    assert decoded(b"\x9a\x06\x01x" + b"\x08\x05") == {}


def test_more_fields_than_honest_bytes_hold_are_too_large():
    attribute = {"key": "attempts", "value": {"intValue": 7}}
    honest = encode({"attributes": [attribute] * 40_000}, "Resource")
    assert len(decoded(honest, "Resource")["attributes"]) == 40_000
    with pytest.raises(Invalid) as refusal:
        decoded(b"\x0a\x00" * (len(honest) // 2), "Resource")
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["arrayValue", "kvlistValue"])
def test_values_are_read_as_deep_in_protobuf_as_in_json_and_cut_below(kind):
    value: dict = {"stringValue": "x"}
    for _ in range(60):
        inner = value if kind == "arrayValue" else {"key": "a", "value": value}
        value = {kind: {"values": [inner]}}
    read = plain(value)
    assert plain(decoded(encode(value, "AnyValue"), "AnyValue")) == read
    levels = 0
    while read:
        read = read[0] if kind == "arrayValue" else read["a"]
        levels += 1
    assert levels == schema.MAX_DEPTH - 1
