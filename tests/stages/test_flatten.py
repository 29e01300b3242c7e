"""The flat part of a finished event: what columns, rules and alerts read."""

import msgspec
import pytest

from errata.contracts.messages import ProcessedEvent, encode
from errata.contracts.origin import Origin
from errata.contracts.times import DAY, MINUTE
from errata.stages.flatten import flatten
from errata.stages.stage import Context

RECEIVED = 1_700_000_000_000_000
ORIGIN = Origin(generation=1, partition=0, offset=5, index=0, items=1)


def flat(event):
    context = Context(event_id="a" * 32, received_at=RECEIVED)
    return flatten(event, context, project_id=1, key_id="web", origin=ORIGIN, config_hash="c")


def finished(**fields):
    grouping = {"version": "v1", "fingerprint": ["x"], "hash": "0" * 16}
    return {
        "level": "warning",
        "platform": "python",
        "timestamp": 1_699_999_999.5,
        "errata": {"grouping": grouping, "redactions": {"@email": 2}, "user": "1" * 16},
        **fields,
    }


def test_the_flat_part_says_what_the_event_says():
    message = flat(
        finished(
            release="1.2",
            tags=[["a", "b"]],
            contexts={"trace": {"trace_id": "2" * 32}},
            exception={"values": [{"type": "A", "value": "x"}, {"type": "B", "mechanism": {"handled": False}}]},
        )
    )
    assert (message.group_hash, message.fingerprint, message.redactions) == ("0" * 16, ("x",), {"@email": 2})
    assert (message.timestamp, message.level, message.release) == (1_699_999_999_500_000, "warning", "1.2")
    assert (message.exception_types, message.handled, message.tags["a"]) == (("A", "B"), False, "b")
    assert (message.title, message.trace_id, message.user) == ("B", "2" * 32, "1" * 16)


def test_the_payload_is_the_event_without_the_stages_notes():
    message = flat(finished(extra={"n": 1}))
    payload = msgspec.json.decode(message.payload)
    assert payload["extra"] == {"n": 1}
    assert "errata" not in payload
    assert payload["title"] == message.title


@pytest.mark.parametrize(
    ("seconds", "micros"),
    [(0, RECEIVED - 30 * DAY), (4e9, RECEIVED + MINUTE), (None, RECEIVED), ("soon", RECEIVED)],
)
def test_the_event_time_stays_near_the_receive_time(seconds, micros):
    assert flat(finished(timestamp=seconds)).timestamp == micros


def test_every_flat_text_is_bounded():
    long = "x" * 100_000
    message = flat(
        finished(
            release=long,
            transaction=long,
            logentry={"formatted": long},
            tags=[[long, long]] * 500,
            exception={"values": [{"type": long, "value": long}] * 200},
        )
    )
    bare = msgspec.structs.replace(message, payload=msgspec.Raw(b"{}"))
    assert len(encode(bare)) < 80_000
    assert len(message.exception_types) == 50


def test_the_message_is_read_back_whole():
    message = flat(finished())
    assert msgspec.json.decode(encode(message), type=ProcessedEvent).title == message.title


def test_a_message_that_was_captured_with_a_stack_names_no_exception():
    stack = {"frames": [{"function": "pay", "filename": "cart.js"}]}
    message = flat(
        finished(
            logentry={"formatted": "no card"},
            exception={"values": [{"value": "no card", "stacktrace": stack, "mechanism": {"synthetic": True}}]},
        )
    )
    assert (message.message, message.exception_types, message.exception_values) == ("no card", (), ())
