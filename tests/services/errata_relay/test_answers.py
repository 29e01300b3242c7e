"""What each client hears, of a success and of a refusal."""

import pytest

from errata.contracts.outcomes import Reason
from errata_relay import answers
from errata_relay.refusals import Refused
from errata_relay.request import Request

ID = "9ec79c33ec9942ab8353589fcb2e04dc"
PROTOBUF = b"application/x-protobuf"
LIMIT = Refused(Reason.RATE_LIMIT, frozenset({"error"}), seconds=30, scope="project")
KEY = Refused(Reason.UNKNOWN_KEY)
PLAIN = Request("POST", "/", "", {}, "192.0.2.1", 0)
IN_QUERY = PLAIN._replace(query="key=a")
IN_JSON = PLAIN._replace(headers={b"content-type": b"application/json; charset=utf-8"})
FROM_PYTHON = PLAIN._replace(headers={b"user-agent": b"Python-urllib/3.11"})
FROM_RUBY = PLAIN._replace(headers={b"user-agent": b"HB-Ruby 5.0.2; 3.1.2; x86_64-linux"})


@pytest.mark.parametrize(
    ("client", "request_", "status", "body"),
    [
        (answers.SENTRY, PLAIN, 200, b'{"id":"%s"}' % ID.encode()),
        (answers.SENTRY_CREATED, PLAIN, 201, b"{}"),
        (answers.BROWSER_REPORT, PLAIN, 201, b""),
        (answers.ROLLBAR, PLAIN, 200, b'{"err":0,"result":{"id":null,"uuid":"9ec79c33-ec99-42ab-8353-589fcb2e04dc"}}'),
        (answers.BUGSNAG, PLAIN, 200, b"OK"),
        (answers.BUGSNAG_SESSIONS, PLAIN, 202, b"{}"),
        (answers.AIRBRAKE, PLAIN, 201, b'{"id":"9ec79c33-ec99-42ab-8353-589fcb2e04dc"}'),
        (answers.HONEYBADGER, PLAIN, 201, b'{"id":"9ec79c33-ec99-42ab-8353-589fcb2e04dc"}'),
        (answers.OTLP, PLAIN, 200, b""),
        (answers.OTLP, IN_JSON, 200, b"{}"),
    ],
)
def test_a_success_is_what_the_client_parses(client, request_, status, body):
    answer = client.accept(ID, request_)
    assert (answer.status, answer.body) == (status, body)


def test_without_an_event_there_is_no_id():
    assert answers.SENTRY.accept("", PLAIN).body == b"{}"
    assert answers.AIRBRAKE.accept("", PLAIN).body == b'{"id":""}'
    assert len(answers.SENTRY_ID_AS_TEXT.accept("", PLAIN).body) == 36


@pytest.mark.parametrize(
    ("client", "request_", "refused", "status", "headers"),
    [
        (answers.SENTRY, PLAIN, LIMIT, 429, {b"x-sentry-rate-limits": b"30:error:project:rate_limit"}),
        (answers.SENTRY, PLAIN, KEY, 403, {b"x-sentry-error": b"unknown_key: no project has this client key"}),
        (answers.ROLLBAR, PLAIN, LIMIT, 429, {b"x-rate-limit-remaining-seconds": b"30"}),
        (answers.AIRBRAKE, IN_QUERY, LIMIT, 429, {b"x-ratelimit-delay": b"30"}),
        (answers.HONEYBADGER, FROM_RUBY, LIMIT, 429, {b"retry-after": b"30"}),
        (answers.HONEYBADGER, FROM_RUBY, KEY, 403, {}),
        (answers.HONEYBADGER, FROM_PYTHON, LIMIT, 201, {b"retry-after": b"30"}),
        (answers.OTLP, PLAIN, LIMIT, 429, {b"retry-after": b"30"}),
    ],
)
def test_a_refusal_is_said_as_the_client_understands_it(client, request_, refused, status, headers):
    answer = client.refuse(refused, request_)
    assert answer.status == status
    assert headers.items() <= dict(answer.headers).items()


def test_python_of_airbrake_is_told_of_no_delay_which_would_make_it_raise():
    assert b"x-ratelimit-delay" not in dict(answers.AIRBRAKE.refuse(LIMIT, PLAIN).headers)


@pytest.mark.parametrize("reason", [Reason.MISSING_KEY, Reason.UNKNOWN_KEY, Reason.TOO_LARGE, Reason.SPOOL_FULL])
def test_nothing_is_ever_raised_into_an_application_by_pythons_client_for_honeybadger(reason):
    answer = answers.HONEYBADGER.refuse(Refused(reason), FROM_PYTHON)
    assert (answer.status, answer.body) == (201, b'{"id":""}')
    assert dict(answer.headers)[b"x-sentry-error"].startswith(reason.encode())


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_KEY, Reason.MISSING_KEY, Reason.TOO_LARGE, Reason.QUOTA])
def test_opentelemetry_is_refused_in_the_type_of_its_request(reason):
    written = answers.OTLP.refuse(Refused(reason), IN_JSON)
    assert (written.content_type, written.body[:8]) == (answers.JSON, b'{"code":')
    packed = answers.OTLP.refuse(Refused(reason), PLAIN)
    assert packed.content_type == PROTOBUF
    assert packed.body[3] == len(packed.body) - 4
