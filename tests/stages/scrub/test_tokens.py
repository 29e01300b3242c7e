"""Tokens of each vendor are found, and what only looks like one is not."""

import pytest
from tests.stages.scrub.test_finders import found
from tests.stages.scrub.vendor_tokens import HEX, LETTERS, uuid_of, vendor_tokens

from errata.stages.scrub.finders import tokens

TOKENS = vendor_tokens()
UUID = uuid_of(HEX)


@pytest.mark.parametrize("token", TOKENS, ids=[token[:8] for token in TOKENS])
def test_a_token_is_found_whole_wherever_it_stands(token):
    for text in ("{}", "sent {} to them", '{{"a":"{}"}}', "a={}&b", "https://x.example/{}/y", "'{}'"):
        ((start, end),) = tokens.find_tokens(text.format(token).encode())
        assert text.format(token)[start:end].startswith(token)
        assert text.format(token)[:start] == text.partition("{}")[0].replace("{{", "{")


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.webhook.office.com/webhookb2/" + UUID + "@" + UUID + "/IncomingWebhook/" + HEX[:32],
        "https://hooks.zapier.com/hooks/catch/1234567/ab12cd3/",
        "https://hooks.slack.com/services/T00000000/B00000000/" + LETTERS[:24],
        "https://discord.com/api/webhooks/123456789/" + LETTERS[:60],
        "https://api.telegram.org/bot123456789:AA" + LETTERS[:33] + "/sendMessage",
    ],
)
def test_an_address_that_lets_its_bearer_in_loses_its_secret(address):
    assert found(tokens.find_tokens, address) != []


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.example/app.js?hash=" + HEX[:64],
        "?code=ERR_CONNECTION_REFUSED&key=checkout.title.delivery",
        "s.getElementsByClassNamesOfAll",
        "task-sk-ip-the-queue",
        "the resend_email_template_for_customers_of_the_shop",
        "00-" + HEX[:32] + "-" + HEX[:16] + "-01",
        UUID,
        "sha256:" + HEX[:64],
    ],
)
def test_names_hashes_and_ids_are_no_tokens(text):
    assert found(tokens.find_tokens, text) == []


@pytest.mark.parametrize("kind", ["PRIVATE KEY", "PUBLIC KEY", "PGP PRIVATE KEY BLOCK", "OPENSSH PRIVATE KEY"])
def test_the_lines_of_a_key_are_found_between_its_marks(kind):
    text = f"-----BEGIN {kind}-----\n{LETTERS[:60]}\n-----END {kind}-----"
    assert found(tokens.find_pem_keys, text) == [LETTERS[:60]]
