"""The HTTP request: address, headers, cookies, query and body."""

import pytest


def request_of(normalized, **request):
    return normalized({"request": request}).get("request")


def test_the_request_is_taken_apart(normalized):
    event = normalized(
        {
            "request": {
                "url": "http://shop.test?a=1&b=%20x&flag#top",
                "headers": {"x-one": ["1", "2"], "COOKIE": "s=1; t=%32", "content-type": "application/json"},
                "method": "post",
                "data": '{"card": {"no": 1}}',
            }
        }
    )
    assert event["request"] == {
        "url": "http://shop.test/",
        "query_string": [["a", "1"], ["b", " x"], ["flag", ""]],
        "fragment": "top",
        "headers": [["Content-Type", "application/json"], ["X-One", "1,2"]],
        "cookies": [["s", "1"], ["t", "2"]],
        "method": "POST",
        "data": {"card": {"no": 1}},
        "inferred_content_type": "application/json",
    }
    assert "errors" not in event


@pytest.mark.parametrize(
    ("sent", "url"),
    [
        ("HTTP://Shop.Test:80/a/../b", "http://shop.test/b"),
        ("https://shop.test:443", "https://shop.test/"),
        ("https://shop.test:8443/", "https://shop.test:8443/"),
        ("http://bücher.test/ä b", "http://xn--bcher-kva.test/%C3%A4%20b"),
        ("/cart?x=1#y", "/cart"),
        ("shop.test/a", "shop.test/a"),
        ("http://[broken/a?x=1", "http://[broken/a"),
        ("http://shop.test/cut\u2026", "http://shop.test/cut..."),
    ],
)
def test_an_address_has_one_spelling(normalized, sent, url):
    assert request_of(normalized, url=sent)["url"] == url


def test_query_and_fragment_that_the_client_gives_stay(normalized):
    found = request_of(normalized, url="http://shop.test/?a=1#x", query_string="b=2", fragment="y")
    assert found == {"url": "http://shop.test/", "query_string": [["b", "2"]], "fragment": "y"}


@pytest.mark.parametrize(
    ("sent", "pairs"),
    [
        ("?a=1&a=2", [["a", "1"], ["a", "2"]]),
        (
            {"b": [1, 2], "a": {"x": True}, "c": None, "d": True},
            [["a", '{"x":true}'], ["b", "[1,2]"], ["c", None], ["d", "true"]],
        ),
        ([["b", "1"], ["a", "2"]], [["b", "1"], ["a", "2"]]),
    ],
)
def test_a_query_becomes_pairs(normalized, sent, pairs):
    assert request_of(normalized, query_string=sent) == {"query_string": pairs}


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("x-foo-bAr", "X-Foo-BAr"),
        ("DNT", "DNT"),
        ("WWW-authenticate", "WWW-Authenticate"),
        ("accept", "Accept"),
        ("x--a", "X--A"),
    ],
)
def test_names_of_headers_begin_each_word_in_upper_case(normalized, sent, name):
    assert request_of(normalized, headers={sent: "v"})["headers"] == [[name, "v"]]


def test_headers_of_an_object_come_by_name_those_of_a_list_as_they_are(normalized):
    assert request_of(normalized, headers={"b": 1, "aZ": 2, "Aa": True})["headers"] == [
        ["AZ", "2"],
        ["Aa", "True"],
        ["B", "1"],
    ]
    assert request_of(normalized, headers=[["b", "1"], ["a", "2"]])["headers"] == [["B", "1"], ["A", "2"]]


def test_cookies_of_the_request_come_before_those_of_its_header(normalized):
    found = request_of(normalized, headers={"Cookie": "a=1"}, cookies={"b": "2"})
    assert found == {"cookies": [["b", "2"]]}


def test_what_is_no_cookie_is_noted_without_its_text(normalized):
    event = normalized({"request": {"cookies": "a=b; secret; =x; c=%ff;; d=e=f"}})
    assert event["request"]["cookies"] == [["a", "b"], ["d", "e=f"]]
    assert event["errors"] == [{"type": "invalid_data", "name": "request.cookies"}] * 3


@pytest.mark.parametrize(
    ("data", "parsed", "kind"),
    [
        ("a=1&b=2&a=3", {"a": ["1", "3"], "b": "2"}, "form"),
        ("foo=bar", {"foo": "bar"}, "form"),
        ("[1, 2]", [1, 2], "json"),
        ("{}", {}, "json"),
        ("42", 42, "json"),
        ('"text"', "text", "json"),
        ("plain text", "plain text", None),
        ("word", "word", None),
        ("dGU=", "dGU=", None),
        ("dA==", "dA==", None),
        ("x = y", "x = y", None),
        ("<a href='b=c'>", "<a href='b=c'>", None),
        ("<?xml version='1.0'?>", "<?xml version='1.0'?>", None),
        ("{broken", "{broken", None),
        ("ä=ö", "ä=ö", None),
        ("NaN", "NaN", None),
        ({"a": 1}, {"a": 1}, None),
    ],
)
def test_a_body_is_parsed_when_it_reads_as_form_or_json(normalized, data, parsed, kind):
    types = {"form": "application/x-www-form-urlencoded", "json": "application/json", None: None}
    found = request_of(normalized, data=data)
    assert (found["data"], found.get("inferred_content_type")) == (parsed, types[kind])


def test_what_the_body_reads_as_counts_not_what_was_declared(normalized):
    header = {"Content-Type": "text/plain; charset=utf-8"}
    assert request_of(normalized, data='{"a":1}', headers=header)["inferred_content_type"] == "application/json"
    said = request_of(normalized, data="words", headers=header, inferred_content_type="image/png")
    assert said["inferred_content_type"] == "text/plain"
    assert "inferred_content_type" not in request_of(normalized, data="words", inferred_content_type="image/png")


@pytest.mark.parametrize("method", ["1234", "GE", "", 7, "GET /"])
def test_what_is_no_method_is_removed(errors_of, method):
    assert errors_of({"request": {"method": method}}) == [("invalid_data", "request.method")]


@pytest.mark.parametrize("field", ["url", "fragment", "env", "headers", "cookies", "query_string"])
def test_a_number_is_no_part_of_a_request(normalized, errors_of, field):
    assert errors_of({"request": {field: 3}}) == [("invalid_data", f"request.{field}")]
    assert "request" not in normalized({"request": {field: 3}})
