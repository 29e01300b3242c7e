"""Bugsnag's sessions become Sentry's, which the writer already knows."""

import json

import pytest
from tests.protocols.converting import RECEIVED_AT, BodyFormat, admitted, items_in

from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import ItemFormat
from errata.protocols.sentry.sessions import updates_of

APP = {"version": "2.0.0", "releaseStage": "production"}
KIND = BodyFormat.BUGSNAG_SESSIONS


def updates(body):
    return [update for item in items_in(admitted(KIND, json.dumps(body).encode())) for update in updates_of(item, b"k")]


def test_counts_are_a_sum_of_sessions_that_began():
    counts = [
        {"startedAt": "2026-11-23T10:00:00", "sessionsStarted": 3},
        {"startedAt": "2026-11-23T10:01:00.000Z", "sessionsStarted": 1},
    ]
    first, second = updates({"app": APP, "sessionCounts": counts})
    assert (first.status, first.quantity, first.release, first.environment) == ("exited", 3, "2.0.0", "production")
    assert (second.quantity, second.started - first.started) == (1, 60_000_000)


def test_a_browsers_session_is_one_of_its_own():
    body = {"app": APP, "sessions": [{"id": "s1", "startedAt": "2026-11-23T10:00:00.000Z", "user": {"id": "17"}}]}
    (update,) = updates(body)
    assert (update.sid, update.status, update.release) == ("s1", "ok", "2.0.0")
    assert len(update.user) == 16


def test_the_time_of_arrival_stands_in_for_a_start_that_is_none():
    (update,) = updates({"app": {}, "sessionCounts": [{"startedAt": "noon", "sessionsStarted": 1}]})
    assert update.started == RECEIVED_AT


def test_items_are_of_sentrys_formats_and_tell_who_sent_them():
    body = {"notifier": {"name": "Bugsnag Node", "version": "9"}, "app": APP, "sessions": [{"id": "a"}, {"id": "b"}]}
    found = admitted(KIND, json.dumps(body).encode(), {b"bugsnag-sent-at": b"2026-11-23T10:00:01"})
    assert [item.format for item in found.items] == [ItemFormat.SENTRY_SESSION] * 2
    assert (found.sdk, found.sent_at) == ("Bugsnag Node/9", "2026-11-23T10:00:01")


@pytest.mark.parametrize(
    ("body", "reason"), [(b"[]", Reason.NOT_AN_OBJECT), (b'{"app": {}}', Reason.NO_ITEMS), (b"{", Reason.BAD_JSON)]
)
def test_a_body_without_sessions_is_invalid(body, reason):
    with pytest.raises(Invalid) as refusal:
        admitted(KIND, body)
    assert refusal.value.reason is reason
