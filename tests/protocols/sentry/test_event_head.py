"""The head of an event is seen without reading the event, and what is no JSON is refused."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.ids import event_id
from errata.protocols.sentry.event_head import EventHead, look

ID = "9ec79c33ec9942ab8353589fcb2e04dc"
IDS = st.sampled_from([ID, ID.upper(), "feedback"])
FIELDS = st.sampled_from(["event_id", "type"])


def head_of(event: object) -> EventHead:
    """The head as the whole event has it."""
    if not isinstance(event, dict):
        return EventHead()
    kind = event.get("type")
    return EventHead(event_id(event.get("event_id")), kind if isinstance(kind, str) else "")


def test_id_and_type_are_seen():
    assert look(b'{"event_id":"%s","x":[1,{"event_id":0}],"type":"feedback"}' % ID.encode()) == EventHead(
        ID, "feedback"
    )


@pytest.mark.parametrize("value", [b"12", b"null", b"[]", b'"short"', b'"\\u0041"', b'""'])
def test_an_id_of_another_kind_is_none(value):
    assert look(b'{"event_id":%s}' % value) == EventHead()


@pytest.mark.parametrize("odd", [b"NaN", b"-Infinity", b'"\\ud800"', b"1e999", b"1180591620717411303424", b'"\\u0000"'])
def test_odd_json_is_taken_inside_an_object(odd):
    assert look(b'{"event_id":"%s","x":%s}' % (ID.encode(), odd)).event_id == ID


@pytest.mark.parametrize("odd", [b"[NaN]", b"[Infinity]", b"NaN"])
def test_odd_json_that_is_no_object_is_refused(odd):
    with pytest.raises(Invalid) as refusal:
        look(odd)
    assert refusal.value.reason is Reason.BAD_JSON


@pytest.mark.parametrize("body", [b"[1]", b'"a"', b"1", b"null"])
def test_json_that_is_no_object_has_no_head(body):
    assert look(body) == EventHead()


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_endless_nesting_is_refused(opening):
    with pytest.raises(Invalid) as refusal:
        look(opening * 100_000)
    assert refusal.value.reason is Reason.TOO_DEEP


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\u0dNa1e-.tnf ', max_size=60).map(str.encode))
def test_any_bytes_have_a_head_or_are_invalid(body):
    try:
        head = look(body)
    except Invalid:
        return
    assert head == head_of(odd_json.loads(body))  # so its reader does not refuse it as broken either


PLAIN = st.text("abé 0'", max_size=5)


@given(st.dictionaries(FIELDS | PLAIN, IDS | PLAIN | st.integers() | st.lists(IDS), max_size=5))
def test_every_object_has_the_head_that_its_reader_sees(event):
    assert look(json.dumps(event, ensure_ascii=False).encode()) == head_of(event)


def test_the_json_test_suite_is_judged_as_it_says(shared):
    wrong = []
    for line in (shared / "corpora" / "json_test_suite.jsonl").read_text().splitlines():
        case = json.loads(line)
        body = base64.b64decode(case["body_b64"])
        try:
            look(body)
            judged = "y"
        except Invalid:
            judged = "n"
        if case["expect"] not in ("i", judged):
            wrong.append(case["id"])
    assert wrong == []
