"""Tokens of each vendor as they look, put together here so that none is a whole one in this file; made up, all of them."""

import pytest
from tests.stages.scrub.test_finders import found

from errata.stages.scrub.finders import tokens

LETTERS = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z" * 8
HEX = "0123456789abcdef" * 16
UUID = "-".join((HEX[:8], HEX[:4], HEX[:4], HEX[:4], HEX[:12]))

TOKENS = [
    "ATATT3" + LETTERS[:180] + "=" + HEX[:8].upper(),
    "ATCTT3" + LETTERS[:60],
    "ATBB" + LETTERS[:32],
    "sk-or-v1-" + HEX[:64],
    "pat-na1-" + UUID,
    "pat" + LETTERS[:14] + "." + HEX[:64],
    "dp.pt." + LETTERS[:43],
    "CCIPAT_" + LETTERS[:22] + "_" + HEX[:40],
    "bkua_" + HEX[:40],
    "tskey-auth-" + LETTERS[:12] + "-" + LETTERS[:20],
    "gsk_" + LETTERS[:52],
    "xai-" + LETTERS[:80],
    "pplx-" + LETTERS[:48],
    "r8_" + LETTERS[:37],
    "nfp_" + LETTERS[:40],
    "rnd_" + LETTERS[:32],
    "sqp_" + HEX[:40],
    "dt0c01." + LETTERS[:24].upper() + "." + LETTERS[:64].upper(),
    "CFPAT-" + LETTERS[:43],
    "EZAK" + LETTERS[:54],
    "access_token$production$" + HEX[:16] + "$" + HEX[:32],
    "LTAI" + LETTERS[:20],
    "AKID" + LETTERS[:32],
    "re_" + LETTERS[:8] + "_" + LETTERS[:24],
    "ops_" + "eyJ" + LETTERS[:200],
    "sgp_" + HEX[:16] + "_" + HEX[:40],
    "tfp_" + LETTERS[:59],
    "pnu_" + LETTERS[:36],
    LETTERS[:11] + ":APA91b" + LETTERS[:134],
    "AKCp" + LETTERS[:69],
    "oy2" + LETTERS[:43].lower(),
    "phx_" + LETTERS[:43],
    "fo1_" + LETTERS[:43],
    "FlyV1 fm2_" + LETTERS[:80],
    "shippo_live_" + HEX[:40],
    "access-production-" + UUID,
    "sha256~" + LETTERS[:43],
    "CLOJARS_" + HEX[:60],
    "sdk-" + UUID,
    HEX[:32] + "-" + HEX[:8] + "-" + HEX[:8],
    "s." + LETTERS[:24],
    "hvs." + LETTERS[:90],
    "FwoGZXIvYXdz" + LETTERS[:200],
    "eyJrIjoi" + LETTERS[:60],
    "ghp_" + LETTERS[:36],
    "github_pat_" + LETTERS[:22] + "_" + LETTERS[:59],
    "glpat-" + LETTERS[:20],
    "xoxb-1234567890-" + LETTERS[:24],
    "sk_live_" + LETTERS[:24],
    "rk_live_" + LETTERS[:24],
    "whsec_" + LETTERS[:32],
    "SK" + HEX[:32],
    "SG." + LETTERS[:22] + "." + LETTERS[:43],
    "npm_" + LETTERS[:36],
    "pypi-AgEIcHlwaS5vcmc" + LETTERS[:60],
    "dckr_pat_" + LETTERS[:27],
    "hf_" + LETTERS[:34],
    LETTERS[:3] + "8Q~" + LETTERS[:34],
    "AIza" + LETTERS[:35],
    "ya29." + LETTERS[:60],
    "shpat_" + HEX[:32],
    "sq0atp-" + LETTERS[:22],
    "lin_api_" + LETTERS[:40],
    "secret_" + LETTERS[:43],
    "ntn_" + LETTERS[:46],
    "NRAK-" + LETTERS[:27].upper(),
    "HRKU-" + UUID,
    "dop_v1_" + HEX[:64],
    "sbp_" + HEX[:40],
    "dapi" + HEX[:32],
    "sk-proj-" + LETTERS[:48],
    "sk-ant-api03-" + LETTERS[:93],
    "AGE-SECRET-KEY-1" + LETTERS[:58].upper(),
    "pi_" + LETTERS[:24] + "_secret_" + LETTERS[:25],
    "nvapi-" + LETTERS[:64],
    "lsv2_pt_" + HEX[:32] + "_" + HEX[:10],
    "glsa_" + LETTERS[:32] + "_" + HEX[:8],
    "cio" + LETTERS[:32],
    "APP_USR-" + "1" * 16 + "-" + "0" * 6 + "-" + HEX[:32] + "-" + "1" * 9,
]


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
