"""The flat part of an event is read without its payload, whatever text stands in either."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts import schemas
from errata.contracts.flat_event import FlatEvent, decode_flat
from errata.contracts.messages import ProcessedEvent, encode

EXAMPLE = msgspec.json.decode((schemas.EXAMPLES / "processed-event.v1.json").read_bytes(), type=ProcessedEvent)
# Whatever could be taken for the beginning of the payload.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ['","payload":{', ',"payload":{"', "payload", '\\","payload":{}', '{"payload":{}}']
)


def test_the_flat_fields_are_those_of_the_message() -> None:
    flat = decode_flat(encode(EXAMPLE))
    for field in msgspec.structs.fields(FlatEvent):
        assert getattr(flat, field.name) == getattr(EXAMPLE, field.name)


@given(TEXT, st.dictionaries(TEXT, TEXT, max_size=3), st.dictionaries(TEXT, st.integers(0, 9), max_size=3), TEXT)
def test_no_text_is_taken_for_the_payload(
    title: str, tags: dict[str, str], redactions: dict[str, int], inside: str
) -> None:
    payload = msgspec.Raw(msgspec.json.encode({"payload": {"payload": inside}}))
    event = msgspec.structs.replace(EXAMPLE, title=title, tags=tags, redactions=redactions, payload=payload)
    flat = decode_flat(encode(event))
    assert (flat.title, flat.tags, flat.event_id) == (title, tags, EXAMPLE.event_id)


def test_an_event_with_a_payload_that_is_no_object_is_read_as_a_whole() -> None:
    event = msgspec.structs.replace(EXAMPLE, payload=msgspec.Raw(b"[1]"))
    assert decode_flat(encode(event)).title == EXAMPLE.title


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", b'{"project":"x"}', b'[{"payload":{}}]', b',"payload":{'])
def test_what_is_no_event_is_refused(value: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_flat(value)
