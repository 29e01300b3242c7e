"""What the relay hears of each format: ids, counts, and why a body is none."""

import json

import pytest
from tests.protocols.converting import BodyFormat, admitted

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.admitted import AdmittedItem


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (BodyFormat.ROLLBAR_ITEM, b"[]", Reason.NOT_AN_OBJECT),
        (BodyFormat.ROLLBAR_ITEM, b'{"data": 1}', Reason.NOT_AN_OBJECT),
        (BodyFormat.BUGSNAG_EVENTS, b'{"events": []}', Reason.NO_ITEMS),
        (BodyFormat.BUGSNAG_EVENTS, b'{"events": [1]}', Reason.NO_ITEMS),
        (BodyFormat.AIRBRAKE_NOTICE, b"null", Reason.NOT_AN_OBJECT),
        (BodyFormat.AIRBRAKE_NOTICE, b'{"errors": []}', Reason.NO_ITEMS),
        (BodyFormat.HONEYBADGER_NOTICE, b'{"error": []}', Reason.NOT_AN_OBJECT),
        (BodyFormat.BROWSER_REPORTS, b"[]", Reason.NO_ITEMS),
        (BodyFormat.BROWSER_REPORTS, b"[1]", Reason.NOT_AN_OBJECT),
        (BodyFormat.OTLP_TRACES, b"{", Reason.BAD_JSON),
        (BodyFormat.OTLP_LOGS, b"\x0a\x05", Reason.BAD_ENVELOPE),
        *(
            (kind, b"{", Reason.BAD_JSON)
            for kind in BodyFormat
            if kind not in {BodyFormat.AIRBRAKE_STATS, BodyFormat.HONEYBADGER_EVENTS, BodyFormat.SENTRY_ENVELOPE}
        ),
    ],
)
def test_what_is_no_body_of_its_format_is_invalid(kind, body, reason):
    with pytest.raises(Invalid) as refusal:
        admitted(kind, body)
    assert refusal.value.reason is reason


def test_bodies_go_on_as_they_came():
    body = b'{"data": {"uuid": "0F8FAD5B-D9CB-469F-A165-70867728950E", "body": {"n": NaN, "s": "\\ud800"}}}'
    (item,) = admitted(BodyFormat.ROLLBAR_ITEM, body).items
    assert item.payload == body
    assert item.event_id == "0f8fad5bd9cb469fa16570867728950e"


def test_the_id_to_answer_with_is_that_of_the_first_event():
    found = admitted(BodyFormat.HONEYBADGER_NOTICE, b'{"error": {"token": "0f8fad5b-d9cb-469f-a165-70867728950e"}}')
    assert found.event_id == "0f8fad5bd9cb469fa16570867728950e"
    assert admitted(BodyFormat.AIRBRAKE_NOTICE, b'{"errors": [{}]}').event_id == ""
    assert admitted(BodyFormat.AIRBRAKE_STATS, b"").event_id == ""


def test_lines_of_other_events_are_counted_whatever_the_body_is_called():
    for body, lines in ((b'{"a":1}\n{"b":2}\n', 2), (b'{"a":1}', 1), (b"\n\n", 1)):
        (count,) = admitted(BodyFormat.HONEYBADGER_EVENTS, body, {b"content-type": b"application/json"}).not_kept
        assert count == (Reason.UNSUPPORTED_ITEM, "log_item", lines)


def test_reports_of_other_types_are_counted_beside_those_that_are_kept():
    reports = [
        {"type": "csp-violation", "age": 0, "url": "https://shop.example/", "body": {"blockedURL": "inline"}},
        {"type": "deprecation", "body": {}},
        {"type": "csp-violation"},
    ]
    found = admitted(BodyFormat.BROWSER_REPORTS, json.dumps(reports).encode())
    assert len(found.items) == 1
    assert list(found.not_kept) == [(Reason.UNSUPPORTED_ITEM, "default", 2)]
    assert all(isinstance(item, AdmittedItem) for item in found.items)
