"""Which addresses are blocked."""

import pytest

from errata.config.filters import FilterSettings
from errata.contracts.outcomes import Reason

BLOCKED = ("203.0.113.7", "10.1.0.0/16", "10.200.0.0/16", "2001:db8::/32", "192.0.2.99/24")


@pytest.mark.parametrize(
    "address", ["203.0.113.7", "10.1.255.255", "10.200.0.1", "2001:db8:ffff::1", "192.0.2.1", "::ffff:10.1.2.3"]
)
def test_an_address_in_a_blocked_network_is_dropped_as_connection_and_as_user(ending, address):
    assert ending({}, client_address=address, ignore_addresses=BLOCKED) is Reason.IGNORED_ADDRESS
    assert ending({"user": {"ip_address": address}}, ignore_addresses=BLOCKED) is Reason.IGNORED_ADDRESS


@pytest.mark.parametrize("address", ["203.0.113.8", "10.2.0.0", "2001:db9::1", "::1", "no address", "", "10.1.2"])
def test_other_addresses_pass(ending, address):
    event = {"user": {"ip_address": address}}
    assert ending(event, client_address=address, ignore_addresses=BLOCKED) is None


def test_everything_can_be_blocked_but_only_of_one_family(ending):
    assert ending({}, client_address="8.8.8.8", ignore_addresses=("0.0.0.0/0",)) is Reason.IGNORED_ADDRESS
    assert ending({}, client_address="2001:db8::1", ignore_addresses=("0.0.0.0/0",)) is None


@pytest.mark.parametrize("wrong", ["10.0.0.0/33", "example.org", "", "10.0.0"])
def test_what_is_no_address_is_refused_with_the_settings(wrong):
    with pytest.raises(ValueError, match="does not appear to be"):
        FilterSettings(ignore_addresses=(wrong,))
