"""Which parts of a message are values, and which name the error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.fingerprint.messages import LONGEST_PATTERN, is_template, message_pattern


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        # Numbers
        ("order 42 is missing", "order <number> is missing"),
        ("-5 is negative, 12,345 is not", "<number> is negative, <number> is not"),
        ("1,234.5 or 1.234.567,8 or 1'234'567 or 1\u202f234", "<number> or <number> or <number> or <number>"),
        ("1e10 or 1.5e-7", "<number> or <number>"),
        ("42% of 99.9%", "<number>% of <number>%"),
        ("page 3/10", "page <number>/<number>"),
        ("a 32-bit file of us-east-1", "a <number>-bit file of us-east-<number>"),
        # Durations, sizes, versions
        ("took 1.5 seconds", "took <duration>"),
        ("took 1h2m3.5s", "took <duration>"),
        ("timeout of 3000ms exceeded", "timeout of <duration> exceeded"),
        ("12 KB of 3.5MiB", "<size> of <size>"),
        ("Python 3.11.2 or v1.2", "Python <version> or <version>"),
        # Dates
        ("at 2024-01-02T03:04:05.678Z", "at <date>"),
        ("at 2024-01-02 03:04:05+01:00", "at <date>"),
        ("at 20240102T030405Z", "at <date>"),
        ("at Mon, 02 Jan 2006 15:04:05 GMT", "at <date>"),
        ("at Mon Jan  2 15:04:05 2006", "at <date>"),
        ("at Tue Jan 02 2024 15:04:05 GMT+0100 (Central European Standard Time)", "at <date>"),
        ("at 02/Jan/2024:03:04:05 +0000", "at <date>"),
        ("at 3:04 PM", "at <date>"),
        ("at 10:00:00 GET /x", "at <date> GET /x"),
        # Ids
        ("id 7f3b0c1a-1111-2222-3333-444455556666", "id <id>"),
        ("id {7F3B0C1A-1111-2222-3333-444455556666}", "id <id>"),
        ("id urn:uuid:7f3b0c1a-1111-2222-3333-444455556666", "id <id>"),
        ("id 7f3b0c1a111122223333444455556666", "id <id>"),
        ("pod web-7d9f8b6c5-abcde of order ord_8f3kd92, user_123", "pod <id> of order <id>"),
        ("order ord_abc123 of user4711", "order <id> of <id>"),
        ("i-0a1b2c3d4e5f or V1StGXR8_Z5jdHi6B-myT", "<id> or <id>"),
        ("user%2F17 or id%3D42", "<encoded> or <encoded>"),
        ("<Cart object at 0x7f1234567890>", "<Cart object at <hex>>"),
        ("shop.Cart@1b28cdfa in CartFragment{35acebf}", "shop.Cart@<hex> in CartFragment{<hex>}"),
        ("token eyJhbGciOiJIUzI1NiJ9.e30.abc", "token <jwt>"),
        ("token eyJhbGciOiJub25lIn0", "token <jwt>"),
        # The network
        ("refused by 10.0.0.1:5432", "refused by <ip>:<number>"),
        ("refused by [fe80::1]:5432", "refused by [<ip>]:<number>"),
        ("refused by ::ffff:10.0.0.1", "refused by <ip>"),
        ("device 00:1a:2b:3c:4d:5e or aa-bb-cc-dd-ee-ff or 0011.2233.4455", "device <mac> or <mac> or <mac>"),
        ("GET https://shop.example.com/a?b=1 failed", "GET <url> failed"),
        ("mail to bob.b+x@mail.example.com bounced", "mail to <email> bounced"),
        # Paths
        ("no file /home/bob/a.csv", "no file <path>"),
        ("no file C:\\Users\\Bob Smith\\a.csv here", "no file <path> here"),
        ("GET /api/users/123/orders/abc-123", "GET /api/users/<number>/orders/<id>"),
        # Quotes
        ("no file '/home/bob/a.csv'", "no file <quoted>"),
        ('key "user_id" and `name`', "key <quoted> and <quoted>"),
        (
            "key \u201ca b\u201d or \u2018a b\u2019 or \u201ea b\u201c or «a b»",
            "key <quoted> or <quoted> or <quoted> or <quoted>",
        ),
        # Lists and JSON
        ("[1, 2, 3] or ['a', 'b']", "[<number>] or [<quoted>]"),
        ('got {"id": 1, "lines": [{"sku": "a"}]}', "got <json>"),
        ('got [{"id": 1}, {"id": 2}]', "got [<json>]"),
        ("got {'id': 1}", "got <json>"),
        # Space
        ("order  5\n\tis missing ", "order <number> is missing"),
    ],
)
def test_values_become_words(text, pattern):
    assert message_pattern(text) == pattern


@pytest.mark.parametrize(
    "text",
    [
        "can't pay, don't retry",
        "an mp3 in an s3 bucket over http2 by x86_64",
        "sha256 of utf-8 in base64, aes-256-gcm, iso-8859-1",
        "log4j2 on k8s with ed25519 and secp256k1",
        "std::vector is empty, dead::beef too",
        "ORA-00942: table or view does not exist",
        "AADSTS50011, CS0103, E11000",
        "Minified React error #301",
        "Foo@decade",
    ],
)
def test_words_with_digits_stay(text):
    assert message_pattern(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP 404", "HTTP 500"),
        ("HTTP/1.1 404", "HTTP/1.1 500"),
        ("Request failed with status code 404", "Request failed with status code 500"),
        ("status=404", "status=500"),
        (
            "404 Client Error: Not Found for url: http://a.example/1",
            "403 Client Error: Forbidden for url: http://a.example/1",
        ),
        ("503 Service Unavailable", "502 Bad Gateway"),
        ("Errno 2", "Errno 3"),
        ("[Errno 2] no such file: 'a'", "[Errno 13] no such file: 'a'"),
        ("exited with code 1", "exited with code 137"),
        ("exit status 1", "exit status 2"),
        ("signal 6", "signal 11"),
        ("HRESULT: 0x80004005", "HRESULT: 0x80070005"),
        ("SQLSTATE[42S02]: x", "SQLSTATE[23000]: x"),
        ("Error 1062: x", "Error 1452: x"),
        ('refused: {"error": "invalid_grant"}', 'refused: {"error": "rate_limited"}'),
        ('refused: {"status": 404}', 'refused: {"status": 500}'),
        ("Cannot read properties of undefined (reading 'map')", "Cannot read properties of undefined (reading 'id')"),
        ("name 'total' is not defined", "name 'cart' is not defined"),
        ("No module named 'shop'", "No module named 'cart'"),
        ("'NoneType' object has no attribute 'pay'", "'NoneType' object has no attribute 'total'"),
        ('column "total" does not exist', 'column "price" does not exist'),
        ("undefined method `pay' for nil", "undefined method `total' for nil"),
        ('value "" is wrong', 'value "x" is wrong'),
        ("order 1 is missing", "order 1 is late"),
    ],
)
def test_codes_and_names_of_the_code_tell_errors_apart(one, other):
    assert message_pattern(one) != message_pattern(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('got {"id": 1, "name": "bob"}', 'got {"name": "eve", "tags": [1, {"a": {"b": 2}}]}'),
        ('refused: {"error": "invalid_grant", "id": 7}', 'refused: {"error": "invalid_grant", "id": 9}'),
        ("ids 1, 2, 3 are gone", "ids 4 are gone"),
        ("column 'c1234567' is odd", "column 'c7654321' is odd"),
        ("code 482913 was wrong", "code 175034 was wrong"),
        ("x" + " 1" * 2_000, "x" + " 2345678" * 2_000),
    ],
)
def test_messages_that_differ_in_values_alone_are_one(one, other):
    assert message_pattern(one) == message_pattern(other)


def test_only_the_beginning_of_a_long_message_counts():
    assert message_pattern("a b " * 300 + "x") == message_pattern("a b " * 300 + "y")


@given(st.text(max_size=300), st.text(alphabet="{}[]'\"`<>%@:/\\-_.,0123456789aef\u2018\u201c\u202f ", max_size=300))
def test_any_text_has_a_pattern_of_bounded_length(text, marks):
    for one in (text, marks, text + marks):
        assert len(message_pattern(one)) <= LONGEST_PATTERN


@pytest.mark.parametrize(
    ("template", "says"),
    [("user %s left", True), ("{name!r} left", True), ("%s", False), ("{}: {0}", False), ("${x}", False)],
)
def test_a_template_of_placeholders_alone_is_none(template, says):
    assert is_template(template) is says
