"""Attachments go with their event, within bounds, and come out byte for byte."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.protocols.converting import recorded

from errata.contracts.outcomes import Reason
from errata.contracts.pack import Item, ItemFormat, ItemMeta
from errata.protocols.admitted import Admitted, NotKept
from errata.protocols.sentry.admit import admit_envelope
from errata.protocols.sentry.attachments import Attachment, attachment_of

ID = "9ec79c33ec9942ab8353589fcb2e04dc"
LIMIT = 200


def admit(*items: tuple[dict[str, object], bytes], event_id: str = ID) -> Admitted:
    lines = [json.dumps({"event_id": event_id}).encode()]
    for header, payload in items:
        lines += [json.dumps({**header, "length": len(payload)}).encode(), payload]
    return admit_envelope(b"\n".join(lines), max_items=30, max_item_bytes=LIMIT)


def file(content: bytes = b"\x89PNG\n\x00", **header: object) -> tuple[dict[str, object], bytes]:
    return {"type": "attachment", **header}, content


def stored(admitted: Admitted) -> list[Attachment]:
    return [
        attachment_of(Item(ItemMeta(item.format, 1, "web", item.event_id, 0), item.payload), 30)
        for item in admitted.items
        if item.format is ItemFormat.SENTRY_ATTACHMENT
    ]


EVENT = ({"type": "event"}, b"{}")


@given(st.binary(max_size=60), st.text(max_size=5))
def test_content_comes_out_byte_for_byte(content: bytes, name: str) -> None:
    (found,) = stored(admit(EVENT, file(content, filename=name)))
    assert (found.content, found.size, found.event_id) == (content, len(content), ID)
    assert found.sha1 == hashlib.sha1(content).hexdigest()


def test_an_attachment_is_kept_before_after_and_without_its_event() -> None:
    for items in ((EVENT, file()), (file(), EVENT), (file(),)):
        assert len(stored(admit(*items))) == 1
    assert len(stored(admit(EVENT, file(), event_id=""))) == 1  # the relay makes an id up for both


def test_one_that_belongs_to_nothing_is_counted() -> None:
    assert admit(file(), event_id="").not_kept == (NotKept(Reason.UNSUPPORTED_ITEM, "attachment"),)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (({"type": "event"}, b"{"), Reason.BAD_JSON),
        (({"type": "event"}, b" " * (LIMIT + 1)), Reason.TOO_LARGE),
        (({"type": "transaction"}, b"{}"), Reason.UNSUPPORTED_ITEM),
        (({"type": "event"}, b'{"type":"transaction"}'), Reason.UNSUPPORTED_ITEM),
    ],
)
def test_attachments_end_as_their_event_does(event: tuple[dict[str, object], bytes], reason: Reason) -> None:
    admitted = admit(file(), event, file())
    assert admitted.items == ()
    assert admitted.not_kept[1:] == (NotKept(reason, "attachment"),) * 2


def test_what_a_client_lost_before_takes_no_attachment_away() -> None:
    report = b'{"discarded_events":[{"reason":"before_send","category":"error","quantity":1}]}'
    assert len(stored(admit(({"type": "client_report"}, report), file(), EVENT))) == 1


def test_feedback_has_its_screenshots() -> None:
    assert len(stored(admit(({"type": "feedback"}, b"{}"), file()))) == 1


def test_one_that_is_too_large_costs_the_others_nothing() -> None:
    admitted = admit(EVENT, file(bytes(LIMIT)), file(b"small"))
    assert [found.content for found in stored(admitted)] == [b"small"]
    assert admitted.not_kept == (NotKept(Reason.TOO_LARGE, "attachment"),)


def test_all_of_an_envelope_are_bounded_together_and_leave_room_for_the_event() -> None:
    admitted = admit(*[file(bytes(LIMIT // 2))] * 20, EVENT)
    kept = stored(admitted)
    assert 4 <= len(kept) < 8
    assert admitted.not_kept == (NotKept(Reason.TOO_LARGE, "attachment"),) * (20 - len(kept))
    assert ItemFormat.SENTRY_EVENT in {item.format for item in admitted.items}


def test_memory_dumps_are_never_kept() -> None:
    admitted = admit(EVENT, file(attachment_type="event.minidump"))
    assert admitted.not_kept == (NotKept(Reason.UNSUPPORTED_ITEM, "attachment"),)


def test_words_are_cut_and_hold_nothing_that_a_terminal_obeys() -> None:
    (found,) = stored(admit(EVENT, file(filename="\x1b[2J" + "ü" * 10, content_type=7, attachment_type=None)))
    assert (found.name, found.content_type, found.attachment_type) == ("\ufffd[2J" + "ü" * 10, "", "")
    header = b'{"filename":"%s\\ud800"}\n' % (b"a" * 300)
    long = attachment_of(Item(ItemMeta(ItemFormat.SENTRY_ATTACHMENT, 1, "web", ID, 0), header), 30)
    assert long.name == "a" * 255


def test_recorded_attachments_are_read_as_their_client_made_them(shared: Path) -> None:
    (request,) = [found for found in recorded(shared, "sentry-python") if found.case.startswith("attachments")]
    found = stored(admit_envelope(request.body, max_items=30, max_item_bytes=1_048_576))
    assert [(one.name, one.content_type, one.size) for one in found] == [
        ("blob.bin", "application/octet-stream", 22),
        ("data.json", "application/json", 7),
        ("big.log", "application/octet-stream", 200_000),
    ]
    assert all(one.content in request.body for one in found)
    assert len({one.event_id for one in found}) == 1
