"""Which names name secrets."""

import pytest

from errata.stages.scrub.keys import names_secret


@pytest.mark.parametrize(
    "name",
    "password userPassword DB_PASSWD api_key apiKey X-API-Key the_secret client-secret auth X-Auth xAuth authorization "
    "accessToken csrf_token PHPSESSID session_id jwt pwd dbPass Set-Cookie cvv mysql_pwd connectionString".split(),
)
def test_a_name_with_a_word_for_a_secret_names_one(name):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    "author auXth authored tokenizer max_tokens prompt_tokens secretary PWD SSH_AUTH_SOCK cookies cookie_domain passenger "
    "bypass compass key keyboard laptops processName publicKeyToken pass_count".split(),
)
def test_a_name_that_only_looks_like_a_word_for_a_secret_names_none(name):
    assert not names_secret(name)
