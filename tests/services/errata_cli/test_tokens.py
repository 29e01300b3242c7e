"""`errata tokens new`: what it prints is what the configuration takes and what the token is known by."""

from pathlib import Path

import pytest
import yaml

from errata.config.loading import parse_organization
from errata.config.tokens import Scope, hash_token
from errata_cli.commands import tokens


def made(capsys, **options):
    tokens.new("ci", **options)
    shown, entry = capsys.readouterr().out.splitlines()
    organization = parse_organization(f"tokens:\n{entry}".encode(), Path("organization.yaml"))
    return shown.removeprefix("SENTRY_AUTH_TOKEN="), organization.tokens, entry


def test_the_printed_entry_holds_the_hash_of_the_printed_token_and_not_the_token(capsys):
    token, (kept,), entry = made(capsys, scope=("org:ci", "event:write"))
    assert (kept.name, kept.sha256, kept.scopes) == ("ci", hash_token(token), (Scope.ORG_CI, Scope.EVENT_WRITE))
    assert token not in entry
    assert yaml.safe_load(entry)[0]["name"] == "ci"


def test_every_token_is_another_one(capsys):
    assert len({made(capsys)[0] for _ in range(3)}) == 3


def test_a_scope_that_does_not_exist_is_refused_with_those_that_do(capsys):
    with pytest.raises(SystemExit, match=r"org:write.*org:ci"):
        tokens.new("ci", scope=("org:write",))
    assert capsys.readouterr().out == ""
