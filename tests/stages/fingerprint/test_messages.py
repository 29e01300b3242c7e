import pytest

from errata.stages.fingerprint.messages import is_template, message_pattern


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("order 42 is missing", "order <int> is missing"),
        ("-5 is negative, 12,345 is not", "<int> is negative, <int> is not"),
        ("took 1.5 seconds", "took <duration>"),
        ("timeout of 3000ms exceeded", "timeout of <duration> exceeded"),
        ("12 KB of 3.5MiB", "<size> of <size>"),
        ("id 7f3b0c1a-1111-2222-3333-444455556666", "id <uuid>"),
        ("at 2024-01-02T03:04:05.678Z", "at <date>"),
        ("at Mon, 02 Jan 2006 15:04:05 GMT", "at <date>"),
        ("sum d41d8cd98f00b204e9800998ecf8427e", "sum <hash>"),
        ("<Cart object at 0x7f1234567890>", "<Cart object at <hex>>"),
        ("refused by 10.0.0.1:5432", "refused by <ip>:<int>"),
        ("refused by [fe80::1]:5432", "refused by [<ip>]:<int>"),
        ("GET https://shop.example.com/a?b=1 failed", "GET <url> failed"),
        ("mail to bob.b+x@mail.example.com bounced", "mail to <email> bounced"),
        ("Python 3.11.2 or v1.2", "Python <version> or <version>"),
        ("no file '/home/bob/a.csv'", "no file <quoted>"),
        ("no file /home/bob/a.csv", "no file <path>"),
        ('key "user_id" and `name`', "key <quoted> and <quoted>"),
        ("pod web-7d9f8b6c5-abcde, order ord_8f3kd92, user_123", "pod <id>, order <id>, <id>"),
        ("page 3/10", "page <int>/<int>"),
    ],
)
def test_values_become_words(text, pattern):
    assert message_pattern(text) == pattern


@pytest.mark.parametrize(
    "text",
    [
        "can't pay, don't retry",
        "an mp3 in an s3 bucket over http2 by x86_64",
        "sha256 of utf-8 in base64",
        "std::vector is empty",
        "[Errno 2] no such file",
        "ORA-00942: table or view does not exist",
        "Request failed with status code 404",
        "Minified React error #301",
    ],
)
def test_what_tells_errors_apart_stays(text):
    assert message_pattern(text) == text


def test_errors_that_differ_in_a_word_differ():
    assert message_pattern("order 1 is missing") != message_pattern("order 1 is late")


def test_only_the_beginning_of_a_long_message_counts():
    assert message_pattern("a b " * 300 + "x") == message_pattern("a b " * 300 + "y")


@pytest.mark.parametrize(
    ("template", "says"),
    [("user %s left", True), ("{name!r} left", True), ("%s", False), ("{}: {0}", False), ("${x}", False)],
)
def test_a_template_of_placeholders_alone_is_none(template, says):
    assert is_template(template) is says
