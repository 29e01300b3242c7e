"""Records become rows without being parsed twice, and a record that is no message becomes a row that says so."""

import base64
import json
from typing import Any

import msgspec
import pytest
from tests.services.errata_writer.builders import RECEIVED_AT, event, item

from errata.contracts.messages import Outcome, ProcessedEvent, encode
from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import ItemFormat, encode_pack
from errata_writer.rows import Bad, Place, Row, Rows

PLACE = Place("events", 1, 3, 17)
SESSIONS = Place("ingest-sessions", 2, 5, 99)


def rows_of(place: Place, value: bytes | None) -> list[Row]:
    rows = Rows(b"key").of(place, value, RECEIVED_AT)
    assert not isinstance(rows, Bad)
    return rows


def fields(row: Row) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(row.line)
    return loaded


def test_an_event_is_one_row_with_its_place_before_its_fields() -> None:
    message = event(5)
    (row,) = rows_of(PLACE, encode(message))
    assert row.line == b'{"_topic":"events","_generation":1,"_partition":3,"_offset":17,"_row":0,' + encode(message)[1:]
    assert (row.insert.table, row.number, row.received_at) == ("events", 0, message.received_at)


def test_white_space_around_a_message_does_no_harm() -> None:
    (row,) = rows_of(PLACE, b" \n" + encode(event(5)))
    assert fields(row)["_offset"] == 17


@pytest.mark.parametrize("value", [b"", b"{}", b"[]", b"{", b'{"project": "one"}', b"\xff", b"null"])
def test_a_record_that_is_no_message_becomes_an_outcome(value: bytes) -> None:
    bad = Rows().of(PLACE, value, RECEIVED_AT)
    assert isinstance(bad, Bad)
    assert bad.row.insert.table == "outcomes"
    assert (fields(bad.row)["_topic"], fields(bad.row)["_offset"]) == ("events", 17)
    assert (fields(bad.row)["outcome"], fields(bad.row)["at"]) == ("invalid", RECEIVED_AT)


def test_a_tombstone_is_no_row() -> None:
    assert rows_of(Place("issues", 1, 0, 0), None) == []


def test_a_field_of_a_newer_version_is_kept_for_clickhouse_to_skip() -> None:
    newer = msgspec.json.encode(msgspec.json.decode(encode(event(1))) | {"invented_later": 1})
    (row,) = rows_of(PLACE, newer)
    assert fields(row)["invented_later"] == 1
    msgspec.json.decode(row.line, type=ProcessedEvent)


def test_an_outcome_keeps_its_origin() -> None:
    outcome = Outcome(outcome=OutcomeKind.FILTERED, reason=Reason.IGNORED_TYPE, source="processor", at=1, origin=event(3).origin)  # fmt: skip
    (row,) = rows_of(Place("outcomes", 1, 0, 8), encode(outcome))
    assert fields(row)["origin"]["offset"] == 3


def test_each_item_of_a_session_pack_ends_as_sessions_or_as_an_outcome() -> None:
    pack = encode_pack(
        (
            item(ItemFormat.SENTRY_SESSION, b'{"sid": "ab", "status": "exited", "started": "2026-11-23T12:00:00Z"}'),
            item(ItemFormat.SENTRY_CHECK_IN, b"{}"),
            item(ItemFormat.SENTRY_SESSION, b"no json"),
            item(ItemFormat.SENTRY_SESSIONS, b'{"aggregates": [{"started": 1, "exited": 4, "crashed": 1}], "attrs": {"release": "r"}}'),
        )
    )  # fmt: skip
    rows = rows_of(SESSIONS, pack)
    ended = [(row.insert.table, row.number, fields(row).get("reason", fields(row).get("status"))) for row in rows]
    assert ended == [
        ("sessions", 0, "exited"),
        ("outcomes", 65_536, "unsupported_item"),
        ("outcomes", 131_072, "bad_json"),
        ("sessions", 196_608, "exited"),
        ("sessions", 196_609, "crashed"),
    ]
    origins = [fields(row)["origin"] for row in rows]
    assert [(origin["index"], origin["part"], origin["parts"]) for origin in origins] == [(0, 0, 1), (1, 0, 1), (2, 0, 1), (3, 0, 2), (3, 1, 2)]  # fmt: skip
    assert all((origin["items"], origin["offset"], origin["generation"]) == (4, 99, 2) for origin in origins)
    assert fields(rows[1])["category"] == "monitor"


def test_feedback_becomes_a_row_without_the_secrets_in_it() -> None:
    said = {
        "message": "card 4111 1111 1111 1111, call +49 30 901820",
        "contact_email": "ann@shop.example",
        "name": "Ann",
    }
    pack = encode_pack(
        (
            item(ItemFormat.SENTRY_FEEDBACK, json.dumps({"contexts": {"feedback": said}}).encode()),
            item(ItemFormat.SENTRY_USER_REPORT, b'{"comments": "my password=hunter22", "name": "Bob"}'),
            item(ItemFormat.SENTRY_USER_REPORT, b"{}"),
        )
    )
    first, second, empty = rows_of(SESSIONS, pack)
    assert (first.insert.table, first.number, fields(first)["origin"]["index"]) == ("feedback", 0, 0)
    assert fields(first)["message"] == "card [Filtered], call +49 30 901820"
    assert (fields(first)["email"], fields(first)["name"]) == ("ann@shop.example", "Ann")
    assert fields(second)["message"] == "my password=[Filtered]"
    assert (empty.insert.table, fields(empty)["reason"], fields(empty)["category"]) == (
        "outcomes",
        "no_items",
        "default",
    )


def test_an_attachment_becomes_a_row_with_its_content() -> None:
    content = bytes(range(256)) * 2
    pack = encode_pack(
        (
            item(
                ItemFormat.SENTRY_ATTACHMENT, b'{"filename": "a.bin", "content_type": "x/y"}\n' + content, event_id="e"
            ),
            item(ItemFormat.SENTRY_ATTACHMENT, b"no header"),
        )
    )
    first, second = rows_of(SESSIONS, pack)
    assert (first.insert.table, first.number, fields(first)["origin"]["index"]) == ("attachments", 0, 0)
    assert (fields(first)["event_id"], fields(first)["name"], fields(first)["size"]) == ("e", "a.bin", 512)
    assert base64.b64decode(fields(first)["content"]) == content
    assert (fields(second)["outcome"], fields(second)["reason"]) == ("invalid", "bad_json")
    assert fields(second)["category"] == "attachment"


def test_the_same_record_gives_the_same_rows() -> None:
    pack = encode_pack((item(ItemFormat.SENTRY_SESSION, b'{"sid": "ab", "did": "someone", "started": 5}'),) * 3)
    assert rows_of(SESSIONS, pack) == rows_of(SESSIONS, pack)
    assert b"someone" not in b"".join(row.line for row in rows_of(SESSIONS, pack))
