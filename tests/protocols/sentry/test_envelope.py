"""Envelopes come apart as clients put them together, and anything else is refused, never worse."""

import base64
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sentry_sdk.envelope import Envelope as SdkEnvelope
from sentry_sdk.envelope import Item as SdkItem

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.sentry.envelope import parse_envelope

ID = "9ec79c33ec9942ab8353589fcb2e04dc"


def parse(body: bytes):
    return parse_envelope(body, max_items=100)


def payloads(body: bytes) -> list[bytes]:
    return [bytes(item.payload) for item in parse(body).items]


def test_a_length_counts_beside_a_text_that_is_no_unicode():
    header = b'{"type":"attachment","length":3,"filename":"\\ud800.txt"}'
    assert payloads(b'{}\n{"type":"event"}\n{}\n' + header + b"\na\nb\n") == [b"{}", b"a\nb"]


def test_an_item_without_length_ends_at_the_newline():
    assert payloads(b'{}\n{"type":"event"}\n{"a":1}\n{"type":"session"}\n{"b":2}') == [b'{"a":1}', b'{"b":2}']


def test_an_item_with_length_may_hold_newlines():
    assert payloads(b'{}\n{"type":"attachment","length":5}\na\nb\nc\n{"type":"event"}\n{}\n') == [b"a\nb\nc", b"{}"]


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n\n"])
def test_the_newline_at_the_end_is_optional(end):
    assert payloads(b'{}\n{"type":"event","length":2}\n{}' + end) == [b"{}"]
    assert payloads(b'{}\n{"type":"event"}\n{}' + end) == [b"{}"]


def test_newlines_between_items_are_passed_over():
    assert payloads(b'{}\n\n\n{"type":"event"}\n{}\n\n\n{"type":"session"}\n[]\n\n') == [b"{}", b"[]"]


def test_an_empty_payload_is_an_item():
    assert payloads(b'{}\n{"type":"attachment","length":0}\n\n{"type":"event"}\n{}') == [b"", b"{}"]
    assert payloads(b'{}\n{"type":"attachment","length":0}') == [b""]
    assert payloads(b'{}\n{"type":"attachment"}\n') == [b""]


def test_a_header_alone_is_an_envelope_without_items():
    envelope = parse(b'{"event_id":"%s","dsn":"http://k@h/1","sent_at":null}' % ID.encode())
    assert (envelope.event_id, envelope.dsn, envelope.sent_at, envelope.items) == (ID, "http://k@h/1", "", ())


def test_a_hyphenated_event_id_is_the_plain_one():
    assert parse(b'{"event_id":"9EC79C33-ec99-42ab-8353-589fcb2e04dc"}').event_id == ID


@pytest.mark.parametrize("value", [b'"nonsense"', b"12", b"null", b'"%s"' % (b"0" * 32)])
def test_an_event_id_that_is_none_is_empty(value):
    assert parse(b'{"event_id":%s}' % value).event_id == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\n",
        b"[]\n",
        b"no json\n",
        b'{}\nno json\n{"a":1}',
        b"{}\n[]\n{}",
        b'{}\n{"type":"event","length":3}\n{}',
        b'{}\n{"type":"event","length":1}\n{}\n',
        b'{}\n{"type":"event","length":-1}\n{}\n',
        b'{}\n{"type":"event","length":true}\n{}\n',
        b'{}\n{"type":"event","length":"2"}\n{}\n',
        b'{}\n{"type":"event","length":2.0}\n{}\n',
        b'{}\n{"type":"event","length":1}',
    ],
)
def test_what_is_no_envelope_is_refused(body):
    with pytest.raises(Invalid) as refusal:
        parse(body)
    assert refusal.value.reason is Reason.BAD_ENVELOPE


def test_more_items_than_allowed_are_refused_without_reading_on():
    with pytest.raises(Invalid) as refusal:
        parse_envelope(b"{}\n" + b'{"type":"x"}\n\n' * 11 + b"no json", max_items=10)
    assert refusal.value.reason is Reason.TOO_LARGE


def test_a_header_is_a_line_of_bounded_length():
    assert parse(b'{"a":"%s"}\n' % (b"a" * 10_000)).items == ()
    with pytest.raises(Invalid):
        parse(b'{"a":"%s"}\n' % (b"a" * 20_000))


@given(st.binary(max_size=300) | st.text(alphabet='{}"type:length,0123456789\n', max_size=300).map(str.encode))
def test_any_bytes_are_an_envelope_or_invalid(body):
    try:
        envelope = parse(body)
    except Invalid:
        return
    assert all(isinstance(item.payload, memoryview) for item in envelope.items)


ITEM_TYPES = st.sampled_from(["event", "attachment", "session", "a-new-type"])


@given(st.lists(st.tuples(ITEM_TYPES, st.binary(max_size=60)), max_size=6))
def test_what_the_sdk_writes_is_read_back(parts):
    written = SdkEnvelope(headers={"event_id": ID})
    for kind, payload in parts:
        written.add_item(SdkItem(payload=payload, type=kind))
    envelope = parse(written.serialize())
    assert envelope.event_id == ID
    assert [(item.type, bytes(item.payload)) for item in envelope.items] == parts


def test_envelopes_of_the_corpus_have_their_items(shared):
    seen = 0
    for line in (shared / "corpora" / "envelopes.jsonl").read_text().splitlines():
        case = json.loads(line)
        body = base64.b64decode(case["envelope_b64"]) if "envelope_b64" in case else case["text"].encode()
        envelope = parse(body)
        seen += 1
        if case["items"] is not None:
            assert len(envelope.items) == case["items"], case["test"]
        if case["item_lens"]:
            assert [len(item.payload) for item in envelope.items] == case["item_lens"], case["test"]
    assert seen


def test_recorded_envelopes_come_apart_as_by_the_sdk(shared):
    seen = 0
    for client in ("python", "node", "browser"):
        for line in (shared / "recordings" / f"sentry-{client}.jsonl").read_text().splitlines():
            request = json.loads(line)
            if {name.lower() for name, _ in request["headers"]} & {"content-encoding"}:
                continue  # decoding is tested elsewhere
            body = base64.b64decode(request["body_b64"])
            theirs = SdkEnvelope.deserialize_from(io.BytesIO(body))
            ours = parse(body)
            assert [item.type for item in ours.items] == [item.type for item in theirs.items]
            for our, their in zip(ours.items, theirs.items, strict=True):
                if their.payload.json is not None:
                    assert json.loads(bytes(our.payload)) == their.payload.json
                else:
                    assert bytes(our.payload) == their.get_bytes()
            seen += 1
    assert seen > 50


@pytest.mark.parametrize(
    ("count", "quantity"),
    [(b"3", 3), (b"4", 1), (b"0", 1), (b"-3", 1), (b"true", 1), (b'"3"', 1), (b"1e300", 1), (b"null", 1)],
)
def test_an_item_of_many_says_how_many_and_is_believed_if_it_can_hold_them(count, quantity):
    body = b'{}\n{"type":"log","item_count":%s}\n123456\n' % count
    (item,) = parse_envelope(body, max_items=1).items
    assert item.quantity == quantity
