"""A client key is found wherever clients put it, and two that differ are none."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.sentry import auth
from errata.protocols.sentry.auth import Credentials

KEY = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "header",
    [
        f"Sentry sentry_key={KEY}, sentry_version=7, sentry_client=sentry.python/2.75.0",
        f"Sentry sentry_version=7, sentry_timestamp=1795431258, sentry_client=sentry.python/2.75.0, sentry_key={KEY}",
        f"sentry sentry_key={KEY},sentry_version=5,sentry_client=sentry.python/2.75.0,sentry_secret=s",
        f"sentry_key={KEY}, sentry_version=6, sentry_client=sentry.python/2.75.0",
    ],
)
def test_the_header_is_read_in_any_order_and_version(header):
    found = auth.from_header(header)
    assert (found.key, found.client) == (KEY, "sentry.python/2.75.0")
    assert auth.from_authorization(header) in (found, None)  # None where it does not name the scheme


def test_the_clock_of_old_clients_is_kept_as_written():
    assert auth.from_header(f"Sentry sentry_key={KEY}, sentry_timestamp=1329096377.25").timestamp == "1329096377.25"


def test_the_query_is_read_with_its_escapes():
    found = auth.from_query(f"sentry_version=7&sentry_key={KEY}&sentry_client=sentry.javascript.node%2F11.12.0")
    assert found == Credentials(KEY, client="sentry.javascript.node/11.12.0")


def test_basic_has_the_key_as_user():
    assert auth.from_authorization("Basic " + base64.b64encode(f"{KEY}:".encode()).decode()) == Credentials(KEY)


@pytest.mark.parametrize(
    "value", ["Bearer abc", "Basic !", "Basic ", "Basic 8J+YgA", "Basic /w==", "", "Sentry", "Sentry a"]
)
def test_other_authorizations_hold_no_key(value):
    found = auth.from_authorization(value)
    assert found is None or found.key == "😀"


@pytest.mark.parametrize(
    ("dsn", "project"),
    [
        (f"https://{KEY}@sentry.example/42", "42"),
        (f"https://{KEY}:@sentry.example/42", "42"),
        (f"https://{KEY}:secret@sentry.example:9000/a/prefix/42/", "42"),
        (f"https://{KEY}@sentry.example", ""),
    ],
)
def test_a_dsn_names_key_and_project(dsn, project):
    assert auth.from_dsn(dsn) == Credentials(KEY, project=project)


@pytest.mark.parametrize("dsn", ["", "nonsense", "https://sentry.example/42", "https://[bad/42", "//@/"])
def test_what_is_no_dsn_names_nothing(dsn):
    assert auth.from_dsn(dsn) is None


def test_forms_that_agree_are_one():
    found = [Credentials(KEY, client="c"), None, Credentials(KEY, project="42")]
    assert auth.agreed(found, "42") == Credentials(KEY, project="42", client="c")
    assert auth.agreed(found) == Credentials(KEY, project="42", client="c")


@pytest.mark.parametrize("found", [[], [None], [Credentials(KEY), Credentials("another")]])
def test_no_key_or_two_that_differ_are_refused(found):
    with pytest.raises(Invalid) as refusal:
        auth.agreed(found, "42")
    assert refusal.value.reason is Reason.MISSING_KEY


def test_projects_that_differ_are_refused():
    with pytest.raises(Invalid) as refusal:
        auth.agreed([Credentials(KEY, project="7")], "42")
    assert refusal.value.reason is Reason.PROJECT_MISMATCH


@given(st.text(max_size=200))
def test_any_text_is_a_key_or_none(text):
    for read in (auth.from_header, auth.from_query, auth.from_authorization, auth.from_dsn):
        for value in (text, f"Basic {text}", f"Sentry sentry_key={text}", f"sentry_key={text}", f"https://{text}@h/1"):
            found = read(value)
            assert found is None or found.key


def test_a_query_of_many_fields_holds_no_key():
    assert auth.from_query("&".join([f"sentry_key={KEY}"] * 1000)) is None
