"""Passwords that texts name or give to programs, and texts that only speak of them; nothing here was ever anyone's."""

import pytest
from tests.stages.scrub.test_finders import found

from errata.stages.scrub.catalog import SEARCHES
from errata.stages.scrub.finders import tokens

find = SEARCHES["password"].find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<password>x y</password>", ["x y"]),
        ('<ns:Password type="text">x</ns:Password>', ["x"]),
        ("<wsse:Password><![CDATA[a<b]]></wsse:Password>", ["a<b"]),
        ("&lt;apiKey&gt;k1&lt;/apiKey&gt;", ["k1"]),
        ('<add key="DbPassword" value="x1" />', ["x1"]),
        ('<string name="api_key">k1</string>', ["k1"]),
        ('{"name": "password", "value": "x1"}', ["x1"]),
        ('{\\"key\\":\\"token\\",\\"value\\":\\"a\\\\\\"b\\"}', ['a\\\\\\"b']),
        ("<password></password>", []),
        ("<PasswordInput>", []),
        ('<label for="password">Password</label>', []),
        ("<author>x</author>", []),
        ("<credentials>\n  <user>", []),
    ],
)
def test_elements_and_properties(text, expected):
    assert found(find, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl -u shop:x1 https://shop.example", ["x1"]),
        ("curl -s --user 'shop:x1' https://shop.example", ["x1"]),
        ("mysql -h db -u root -px1 shop", ["x1"]),
        ("mysqldump -p'x1' shop", ["x1"]),
        ("sshpass -p x1 ssh shop", ["x1"]),
        ("redis-cli -h cache -a x1 ping", ["x1"]),
        ("docker login -u shop -p x1", ["x1"]),
        ("jdbc:oracle:thin:scott/tiger@//db:1521/shop", ["tiger"]),
        ("curl -u shop:[Filtered] https://shop.example", []),
        ("curl --upload-file a:b https://shop.example", []),
        ("the mysql server; ls -p x", []),
        ("mysql -P 3306", []),
        ("GET https://shop.example/x -a 10:30", []),
    ],
)
def test_arguments_of_commands(text, expected):
    assert found(find, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Authorization: Digest username="a", realm="b", response="c"\nHost: x', ['Digest username="a", realm="b", response="c"']),
        ("curl -H 'Authorization: Digest username=\"a\", response=\"c\"' https://x", ['Digest username="a", response="c"']),
        ("AWS_SECRET_ACCESS_KEY wJalrXUtnFEMI/K7MDENG", ["wJalrXUtnFEMI/K7MDENG"]),
        ("MISSING API_KEY environment", []),
        ("pass: 3 fail: 0", []),
        ("12 total, pass: 12", []),
        ("user: anna pass: 3xy", ["3xy"]),
        ("next token: 'x'", []),
        ('unexpected token: "}"', []),
        ("next page token: 'c1'", ["c1"]),
        ("['--token', 'x1']", ["x1"]),
    ],
)  # fmt: skip
def test_assignments_in_other_words(text, expected):
    assert found(find, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://u:p@ss@host/db", ["p@ss"]),
        ("postgres://u:p/ss@host/db", ["p/ss"]),
        ("redis://:p1@cache:6379", ["p1"]),
        ("https://u:p@host/?mail=a@b.example", ["p"]),
        ("https://host:8080/@scope/x", []),
        ("postgres://host:5432/db@x", []),
        ("webpack://app:src/./node_modules/@babel/x", []),
    ],
)
def test_passwords_in_urls(text, expected):
    assert found(tokens.find_passwords_in_urls, text) == expected
