"""Whose key it is, and whether it may send."""

import os

import pytest
from tests.services.errata_relay.running import DISABLED_KEY, KEY, OTHER_KEY, write_config

from errata.config.limits import LimitSettings
from errata.config.loading import ConfigFolder
from errata.config.model import ClientKey, Project
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.sentry.auth import Credentials
from errata_relay.senders import Sender, Senders, check

SHOP = Sender(
    Project(id=42, slug="shop", keys=(), limits=LimitSettings(origins=("shop.example",))),
    ClientKey(id="main", public="a"),
)


@pytest.fixture
def config(tmp_path):
    write_config(tmp_path)
    return ConfigFolder(tmp_path)


def reason_of(call, *arguments) -> Reason:
    with pytest.raises(Invalid) as refused:
        call(*arguments)
    return refused.value.reason


def test_a_key_is_its_projects(config):
    senders = Senders(config)
    assert [senders.of(key).project.id for key in (KEY, DISABLED_KEY, OTHER_KEY)] == [42, 42, 7]


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "0", KEY.replace("0", "1", 1), "\ud800", "k\xe9y", "a" * 100_000])
def test_any_other_key_is_nobodys(config, key):
    assert reason_of(Senders(config).of, key) is Reason.UNKNOWN_KEY


def test_a_changed_configuration_counts_at_once(config):
    senders = Senders(config)
    assert senders.of(KEY).project.id == 42
    path = config.folder / "projects" / "shop.yaml"
    path.write_text(path.read_text().replace(KEY, "1" * 32))
    os.utime(path, (1, 1))
    assert config.refresh()
    assert senders.of("1" * 32).project.id == 42
    assert reason_of(senders.of, KEY) is Reason.UNKNOWN_KEY


def test_who_may_send_is_let_through():
    check(SHOP, Credentials("a"), "")
    check(SHOP, Credentials("a", project="42"), "https://shop.example")


def test_who_may_not_send_is_told_why():
    disabled = SHOP._replace(key=ClientKey(id="main", public="a", disabled=True))
    assert reason_of(check, disabled, Credentials("a"), "") is Reason.DISABLED_KEY
    assert reason_of(check, SHOP, Credentials("a", project="7"), "") is Reason.PROJECT_MISMATCH
    assert reason_of(check, SHOP, Credentials("a"), "https://evil.example") is Reason.FOREIGN_ORIGIN
