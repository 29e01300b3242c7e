"""A request of each client and family of cases becomes what was once read by eye."""

import pytest
from tests.protocols import goldens
from tests.protocols.converting import BodyFormat

GOLDENS = {path.stem: goldens.load(path) for path in goldens.PATHS}
NO_ERRORS = {BodyFormat.BUGSNAG_SESSIONS, BodyFormat.AIRBRAKE_STATS, BodyFormat.HONEYBADGER_EVENTS}


@pytest.mark.parametrize("name", GOLDENS)
def test_a_request_becomes_the_events_that_it_always_did(name, request):
    golden = GOLDENS[name]
    if "recording" in golden:
        request.getfixturevalue("shared")
    for key, value in goldens.becomes(golden).items():
        assert golden[key] == value, key


@pytest.mark.parametrize("name", GOLDENS)
def test_no_golden_event_has_a_complaint_or_lacks_a_name(name):
    for event in GOLDENS[name]["events"]:
        assert not event.get("errors")
        assert event["title"] != "<unlabeled event>"


def test_every_format_of_errors_has_a_golden_file():
    formats = {golden["format"] for golden in GOLDENS.values() if "format" in golden}
    assert formats == {kind.name for kind in set(BodyFormat) - NO_ERRORS}


def test_every_client_has_a_golden_file():
    clients = "sentry rollbar bugsnag airbrake honeybadger otlp".split()
    languages = {client: {name.split("_")[1] for name in GOLDENS if name.startswith(client)} for client in clients}
    assert languages["sentry"] >= {"python", "node", "browser", "go", "ruby", "raven", "cli"}
    for client in clients[1:]:
        assert languages[client] >= {"python", "node"}, client
