"""Where each client puts its key."""

import json

import pytest

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.sentry import auth
from errata_relay import keys
from errata_relay.request import Request

PLAIN = Request("POST", "/", "", {}, "192.0.2.1", 0)
SENTRY = b"Sentry sentry_key=a, sentry_version=7"


def found(look: keys.Keys, **request: object) -> list[str]:
    return [credentials.key for credentials in look(PLAIN._replace(**request))]


def test_sentrys_clients_are_looked_for_in_every_place():
    headers = {b"x-sentry-auth": SENTRY, b"authorization": SENTRY.replace(b"=a", b"=b")}
    assert found(keys.sentry, headers=headers, query="sentry_key=c", key="d") == ["a", "c", "b", "d"]
    assert found(keys.sentry) == []


def test_a_tunnel_is_never_read_for_somebody_elses_authorization():
    assert found(keys.nowhere, headers={b"authorization": SENTRY}) == []


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({b"authorization": b"Bearer a"}, ["a"]),
        ({b"authorization": b"  bearer   a "}, ["a"]),
        ({b"authorization": b"Bearer "}, []),
        ({b"authorization": b"Basic a"}, []),
        ({}, []),
    ],
)
def test_a_bearer_is_a_key(headers, expected):
    assert found(keys.bearer, headers=headers) == expected


def test_a_key_in_the_query_or_a_header_of_its_own():
    assert found(keys.query("key"), query="other=1&key=a%2Bb") == ["a+b"]
    assert found(keys.query("key"), query="&".join(["key=a"] * 51)) == []
    assert found(keys.header(b"x-api-key"), headers={b"x-api-key": b" a "}) == ["a"]


def test_the_first_place_with_a_key_is_the_one():
    look = keys.first(keys.header(b"x-api-key"), keys.bearer)
    assert found(look, headers={b"x-api-key": b"a", b"authorization": b"Bearer b"}) == ["a"]
    assert found(look, headers={b"authorization": b"Bearer b"}) == ["b"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"access_token":"a","data":{}}',
        b'{"apiKey":"a","events":[{"metaData":{"share":NaN}}]}',
        b'{"events":[{"apiKey":"other","big":1e400,"share":-Infinity}],"apiKey":"a"}',
        b'{"apiKey":"a","text":"\\ud800"}',
        b'{"apiKey":"a","text":"\xff"}',
    ],
)
def test_a_key_in_the_body_is_found_however_odd_the_json(body):
    assert keys.token_in_json(body) == auth.Credentials("a")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"NaN", b"{", b'{"apiKey":7}', b'{"apiKey":7,"n":NaN}', b'{"apiKey":""}', b'{"a":' * 100_000],
)
def test_a_body_without_a_key_has_none(body):
    assert keys.token_in_json(body) is None


def test_the_dsn_of_an_envelope_is_its_key_and_project():
    header = json.dumps({"dsn": "https://a@o1.ingest.example/42"}).encode()
    assert keys.envelope_dsn(header + b"\n") == auth.from_dsn("https://a@o1.ingest.example/42")
    assert keys.envelope_dsn(b"{}\n" + header) is None
    assert keys.envelope_dsn(b'{"dsn":7}\n') is None


def test_two_places_must_agree():
    with pytest.raises(Invalid) as refused:
        auth.agreed([auth.Credentials("a"), auth.Credentials("b")], "")
    assert refused.value.reason is Reason.MISSING_KEY
