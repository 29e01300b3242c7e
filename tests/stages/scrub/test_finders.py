"""What each finder finds, and what only looks like it. Nothing here was ever anyone's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from errata.stages.scrub.finders import addresses, assignments, cards, iban, people, phones, regex, tokens, unescaped
from errata.stages.scrub.finders.owners import find_owner
from errata.stages.scrub.finders.vendors import FORMATS


def found(find, text):
    data = text.encode()
    return [data[start:end].decode() for start, end in find(data)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111111111111111", ["4111111111111111"]),
        ("pay 4111 1111 1111 1111 now", ["4111 1111 1111 1111"]),
        ("3782-822463-10005", ["3782-822463-10005"]),
        ("4111\N{NO-BREAK SPACE}1111\N{EN DASH}1111 1111", ["4111\N{NO-BREAK SPACE}1111\N{EN DASH}1111 1111"]),
        ("a,5105105105105100,4222222222222,b", ["5105105105105100", "4222222222222"]),
        ("order 12 4111 1111 1111 1111 12", ["4111 1111 1111 1111"]),
        ("4111 1111 1111 1112", []),
        ("1700000000000000", []),
        ("140026286035648", []),
        ("x4111111111111111", []),
        ("a41111111-1111-1111-1111-111111111111", []),
        ("0.4111111111111111", []),
        ("0000000000000000", []),
        ("4444444444444444", []),
        ("4111.1111.1111.1111", ["4111.1111.1111.1111"]),
        ("3782/822463/10005", ["3782/822463/10005"]),
        ("4111 1111 1111 1111 1234", ["4111 1111 1111 1111"]),
        ("41111111-1111-1111-1111-111111111111", []),
        ("41 11 11 11 11 11 11 11", []),
    ],
)
def test_card_numbers_are_found_and_what_looks_like_one_is_not(text, expected):
    assert found(cards.find_cards, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DE89370400440532013000", ["DE89370400440532013000"]),
        ("to de89 3704 0044 0532 0130 00.", ["de89 3704 0044 0532 0130 00"]),
        ("NO9386011117947", ["NO9386011117947"]),
        ("DE88370400440532013000", []),
        ("DE8937040044053201300", []),
        ("be12ae64fe323b77e39e1234", []),
    ],
)
def test_ibans_are_found_and_what_looks_like_one_is_not(text, expected):
    assert found(iban.find_ibans, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail anna.b+c@shop.example.org.", ["anna.b+c@shop.example.org"]),
        ("<anna@shop.org>,(bob@shop.org)", ["anna@shop.org", "bob@shop.org"]),
        ("to=anna@shop.org&x", ["anna@shop.org"]),
        ("anna%40shop.org", ["anna%40shop.org"]),
        ("jörg@müller.de", ["jörg@müller.de"]),
        ("x@163.com", ["x@163.com"]),
        ("logo@2x.png", []),
        ("lodash@4.17.21", []),
        ("shop@1.2.3-rc.zip", []),
        ("git@github.com:shop/shop.git", []),
        ("https://key@errors.example.com/2", []),
        ("@app.route", []),
        ("foo@localhost", []),
        ("getty@tty1.service", []),
    ],
)
def test_mail_addresses_are_found_and_what_looks_like_one_is_not(text, expected):
    assert found(people.find_emails, text) == expected


def test_the_owner_of_an_address_is_found_beside_it():
    text = "Jamie B Pratt wrote: mail JamiePratt@x.org. Jamie left."
    assert found(people.find_emails, text) == ["JamiePratt@x.org", "Jamie B Pratt"]
    assert found(people.find_emails, "Björn Åkesson <bjorn.akesson@x.org>") == ["bjorn.akesson@x.org", "Björn Åkesson"]
    assert (
        found(
            people.find_emails,
            "Bjo\N{COMBINING DIAERESIS}rn \N{LATIN CAPITAL LETTER A WITH RING ABOVE}kesson bjorn.akesson@x.org",
        )[1:]
        != []
    )
    data = b"Shop Support\x00support.shop@x.org"
    assert list(find_owner(data, 13, len(data))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 106.31.73.20 port 22", ["106.31.73.20"]),
        ("host/106.31.73.20:8080", ["106.31.73.20"]),
        ("http://106.31.73.20/x", ["106.31.73.20"]),
        ("server: 106.31.73.20", ["106.31.73.20"]),
        ("2001:db8::8a2e:370:7334", ["2001:db8::8a2e:370:7334"]),
        ("fe80::1ff:fe23:4567:890a", ["fe80::1ff:fe23:4567:890a"]),
        ("127.0.0.1", []),
        ("0.0.0.0", []),
        ("Chrome/106.31.73.20", []),
        ("Version=106.31.73.20", []),
        ("v106.31.73.20", []),
        ("pkg-106.31.73.20.tgz", []),
        ("1.106.31.73.20", []),
        ("256.1.1.1", []),
        ("to ::ffff:192.0.2.1 now", ["::ffff:192.0.2.1"]),
        ("::ffff:127.0.0.1", []),
        ("12:34:56", []),
        ("std::abc::def", []),
        ("2024:10:11", []),
    ],
)
def test_ip_addresses_are_found_and_what_looks_like_one_is_not(text, expected):
    assert found(addresses.find_ips, text) == expected


@pytest.mark.parametrize(
    ("text", "maybe"),
    [("2.1.0.4", True), ("from 2.1.0.4", False), ("2.1.0.40", False), ("upgrading from 12.4.1.3", True)],
)
def test_small_addresses_may_be_versions(text, maybe):
    ((start, end),) = addresses.find_ips(text.encode())
    assert addresses.may_be_version(text.encode(), start, end) is maybe


def test_a_rule_of_a_project_finds_every_address():
    assert found(addresses.find_all_ips, "127.0.0.1 ::1 0.0.0.0") == ["127.0.0.1", "::1", "0.0.0.0"]
    assert found(addresses.find_all_ips, "::ffff:192.0.2.1 10.0.0.1:80") == ["::ffff:192.0.2.1", "10.0.0.1"]


def test_a_rule_of_a_project_finds_cards_with_a_wrong_check_digit():
    assert found(cards.find_like_cards, "4111 1111 1111 1112, 4222222222222") == [
        "4111 1111 1111 1112",
        "4222222222222",
    ]
    assert found(cards.find_like_cards, "1234 5678 9012 3456") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ether 4a:00:04:10:9b:50", ["4a:00:04:10:9b:50"]),
        ("4A-00-04-10-9B-50", ["4A-00-04-10-9B-50"]),
        ("4a:00:04:10:9b:50:aa:bb", []),
        ("4a:00:04-10:9b:50", []),
    ],
)
def test_mac_addresses_are_found_and_what_looks_like_one_is_not(text, expected):
    assert found(addresses.find_macs, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+44 7700 900 916", ["+44 7700 900 916"]),
        ("+41 (0)71 526 99 04", ["+41 (0)71 526 99 04"]),
        ("212-555-0134 x12", ["212-555-0134 x12"]),
        ("(898)555-0121x0135", ["(898)555-0121x0135"]),
        ("01.84.17.61.18", ["01.84.17.61.18"]),
        ("Phone: 451 5986", ["451 5986"]),
        ("call me on 9472 7916?", ["9472 7916"]),
        ("fax\n0341 8387176", ["0341 8387176"]),
        ("2026-11-23", []),
        ("phone: 2026-11-23", []),
        ("took 451 5986", []),
        ("at 0x00000001 0212 5550134000", []),
        ("id 123e4567-212-555-0134", []),
        ("1.2.3+20231011", []),
        ("my registered 668 5702.", ["668 5702"]),
        ("Office: 451 5986", ["451 5986"]),
        ("Microsoft Office 365 2016", []),
        ("Mobile build 20231015", []),
        ("registered 12345678 handlers", []),
        ("messages from 1234567", []),
        ("office number: 100000", []),
        ("SMS code sent at 1700000000", []),
    ],
)
def test_phone_numbers_are_found_and_what_looks_like_one_is_not(text, expected):
    assert found(phones.find_phones, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ssn 078-05-1120", ["078-05-1120"]), ("000-12-3456", []), ("666-12-3456", []), ("900-12-3456", []), ("123-45-0000", []),
     ("1123-45-6789", []), ("123-45-6789-1", []), ("ssn 078051120", ["078051120"]),
     ("Social Security number: 078 05 1120", ["078 05 1120"]), ("ssn 000051120", []), ("took 078051120", [])],
)  # fmt: skip
def test_social_security_numbers(text, expected):
    assert found(people.find_ssns, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2&x=1", ["hunter2"]),
        ('{"api_key": "a\\"b", "x": 1}', ['a\\"b']),
        ('"{\\"password\\": \\"a\\\\\\"b\\", \\"x\\": 1}"', ['a\\\\\\"b']),
        ("{'token': 'it\\'s'}", ["it\\'s"]),
        ('{"credentials": {"a": ["b}"]}, "x": 1}', ['"a": ["b}"]']),
        ("Authorization: Basic dXNlcjpwYXNz\nAccept: */*", ["Basic dXNlcjpwYXNz"]),
        ("Cookie: a=b; c=d", ["a=b; c=d"]),
        ("UID=sa;PWD=abc;", ["abc"]),
        ("psql --password abc -h db", ["abc"]),
        ("('secret', 'abc')", ["abc"]),
        ("password%3Dabc", ["abc"]),
        ("password: hunter", ["hunter"]),
        ("password: Tr0ub4dor then", ["Tr0ub4dor"]),
        ("Invalid password: must be longer", []),
        ("Unexpected token: else", []),
        ("PWD=/home/anna", []),
        ("author=anna", []),
        ("password=", []),
        ("password=None", []),
        ("password='[Filtered]'", []),
        ("max_tokens=100", []),
        ("auth failed for anna", []),
        ("get('token', default)", []),
    ],
)
def test_what_is_assigned_to_a_secret_name_is_found(text, expected):
    assert found(assignments.find_assignments, text) == expected


@pytest.mark.parametrize(
    ("find", "text", "expected"),
    [
        (tokens.find_tokens, "key AKIAIOSFODNN7EXAMPLE.", ["AKIAIOSFODNN7EXAMPLE"]),
        (tokens.find_tokens, "task-abcdefghijklmnopqrstuvwxyz0123456789", []),
        (tokens.find_tokens, "/x?sig=abcdefghij0123456789&y", ["abcdefghij0123456789"]),
        (tokens.find_bearers, "Bearer abc123def456", ["abc123def456"]),
        (tokens.find_bearers, "basic authentication failed", []),
        (tokens.find_passwords_in_urls, "redis://:abc@db:6379/0 http://a.b/c:d@e", ["abc"]),
        (tokens.find_pem_keys, "-----BEGIN RSA PRIVATE KEY-----\nMII\nabc", ["MII\nabc"]),
        (tokens.find_pem_keys, "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", []),
    ],
)
def test_credentials_are_found_by_their_form(find, text, expected):
    assert found(find, text) == expected


def test_an_escape_written_out_ends_the_word_before_what_is_found():
    assert found(cards.find_cards, "card:\\n4111111111111111") == []
    assert unescaped(rb"card:\n4111111111111111") == b"card:  4111111111111111"


@pytest.mark.parametrize(("core", "form"), [forms for _, *forms in FORMATS], ids=[vendor for vendor, _, _ in FORMATS])
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_the_gate_knows_the_core_of_every_token(core, form, data):
    token = data.draw(st.from_regex(form.decode(), fullmatch=True, alphabet=st.characters(codec="ascii")))
    assert regex(core).search(token.encode())
