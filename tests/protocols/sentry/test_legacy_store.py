"""The bodies of old clients: JSON, or base64 of zlib of JSON that nothing announces."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.sentry.legacy_store import event_of

EVENT = b'{"message":"hello"}'


@pytest.mark.parametrize(
    "body",
    [
        EVENT,
        base64.b64encode(EVENT),
        base64.b64encode(zlib.compress(EVENT)),
        base64.encodebytes(zlib.compress(EVENT)),
        b"\n" + base64.b64encode(zlib.compress(EVENT)) + b"\n",
    ],
)
def test_every_form_holds_the_event(body):
    assert event_of(body, limit=1000) == EVENT


@pytest.mark.parametrize("body", [b"", b" ", b"true", b"1234", b"[1]", b'"a"', b"-1", b"not base64!", b"bm90IGpzb24="])
def test_anything_else_is_left_to_the_reader(body):
    assert event_of(body, limit=1000) == body


def test_a_bomb_is_refused():
    with pytest.raises(Invalid) as refusal:
        event_of(base64.b64encode(zlib.compress(b"{" + bytes(10_000_000))), limit=1_000_000)
    assert refusal.value.reason is Reason.TOO_LARGE


@given(st.binary(max_size=200) | st.binary(max_size=100).map(base64.b64encode))
def test_any_bytes_are_taken(body):
    assert isinstance(event_of(body, limit=1000), bytes)
