import pytest

from errata.stores.web.addresses import is_loopback, is_public


@pytest.mark.parametrize("address", ["93.184.216.34", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 169.254.169.254 169.254.170.2
    168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1 192.88.99.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    ::1 :: fe80::1 fe80::1%lo fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1::1 2001:db8::1 2001::1 100::1""".split(),
)
def test_addresses_of_this_machine_of_private_networks_and_of_clouds_are_not(address):
    assert not is_public(address)


def test_loopback_is_this_machine_alone():
    assert [is_loopback(one) for one in ("127.0.0.1", "::1", "10.0.0.1", "1.1.1.1")] == [True, True, False, False]
