"""Which names name secrets, and that the gate knows each of them."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.stages.scrub import secrets

from errata.stages.scrub.finders import regex
from errata.stages.scrub.keys import HINT, names_secret

_GATE = regex(HINT)


@pytest.mark.parametrize(
    "name",
    "password userPassword DB_PASSWD api_key apiKey X-API-Key the_secret client-secret auth X-Auth xAuth authorization "
    "accessToken csrf_token PHPSESSID session_id jwt pwd dbPass Set-Cookie cvv mysql_pwd connectionString".split(),
)
def test_these_do(name):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    "author auXth authored tokenizer max_tokens prompt_tokens secretary PWD SSH_AUTH_SOCK cookies cookie_domain passenger "
    "bypass compass key keyboard laptops processName publicKeyToken pass_count".split(),
)
def test_these_do_not(name):
    assert not names_secret(name)


@given(secrets.secret_keys, st.text(max_size=10), st.text(max_size=10))
def test_the_gate_knows_every_name_that_names_a_secret(word, before, after):
    name = before + word + after
    if names_secret(name):
        assert _GATE.search(orjson.dumps({name: "x"}))
        assert _GATE.search(orjson.dumps([[name, "x"]]))
        assert _GATE.search(orjson.dumps({"value": "x", "name": name}))
