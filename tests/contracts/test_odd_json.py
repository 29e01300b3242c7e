"""JSON as clients write it is read as documented, and what is written is always strict JSON."""

import base64
import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.corpora.where import cases
from tests.data import NO_DATA

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason

NON_FINITE = {"n_number_NaN.json", "n_number_infinity.json", "n_number_minus_infinity.json"}
"""Real clients (Honeybadger, Bugsnag, pybrake) send these tokens, so they are read although no standard has them."""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": NaN, "b": [Infinity, -Infinity]}', {"a": 0, "b": [0, 0]}),
        (b'["NaN", "-Infinity \\" NaN"]', ["NaN", '-Infinity " NaN']),
        (b"[1e400, -1e400, 1e-400]", [None, None, 0.0]),
        (
            b"[1E+999, 1e5, 9e-9, -" + b"9" * 310 + b".5, " + b"1" * 300 + b"]",
            [None, 1e5, 9e-9, None, float("1" * 300)],
        ),
        (b'["1e400", "a\\"NaN", 1e400, "Infinity"]', ["1e400", 'a"NaN', None, "Infinity"]),
        (b"[18446744073709551615, 18446744073709551616]", [2**64 - 1, 2.0**64]),
        (b'["\\ud800", "\\ud83d\\ude00", "\\udc00\\ud800"]', ["\ufffd", "\U0001f600", "\ufffd\ufffd"]),
        (b'["\\u0000", "\\\\u0000"]', ["\ufffd", "\\u0000"]),
        (b'["\xff"]', ["\ufffd"]),
        (b"\xef\xbb\xbf{}", {}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_odd_json_is_read_as_documented(text, value):
    assert odd_json.loads(text) == value


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[1,]",
        b"[-NaN]",
        b"[NaNNaN]",
        b"[1NaN]",
        b"[--1e400]",
        b'[NaN"]',
        b'["NaN]',
        b"nan",
        b'"\\ud8"',
        b"[1.NaN]",
    ],
)
def test_what_is_no_json_is_refused(text):
    with pytest.raises(Invalid) as refusal:
        odd_json.loads(text)
    assert refusal.value.reason is Reason.BAD_JSON


@pytest.mark.parametrize("text", [b"[" * 100_000, b"[NaN," + b"[" * 5000, b'{"":' * 2000])
def test_depth_without_end_is_refused_as_such(text):
    with pytest.raises(Invalid) as refusal:
        odd_json.loads(text)
    assert refusal.value.reason is Reason.TOO_DEEP


def test_the_json_test_suite_is_answered_as_it_expects():
    found = cases("json_test_suite")
    if found is None:
        pytest.skip(NO_DATA)
    for case in found:
        body = base64.b64decode(case["body_b64"])
        try:
            odd_json.loads(body)
            accepted = True
        except Invalid:
            accepted = False
        if case["expect"] != "i":
            assert accepted == (case["expect"] == "y" or case["id"] in NON_FINITE), case["id"]


any_text = st.text(st.characters(exclude_categories=()), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(any_text | st.integers(), inner, max_size=5),
    max_leaves=30,
)


@settings(deadline=None)
@given(values)
@example({"\x00\ud800": [2**70, math.nan, "a\\u0000\x00"]})
def test_what_is_written_is_strict_json_without_nul(value):
    data = odd_json.dumps(value)
    text = data.decode("utf-8", "strict")

    def refuse(token):
        raise AssertionError(token)

    read = json.loads(text, parse_constant=refuse)
    assert "\x00" not in "".join(strings_of(read))
    assert odd_json.dumps(odd_json.loads(data)) == data


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        read = odd_json.loads(data)
    except Invalid:
        return
    assert json.loads(odd_json.dumps(read)) == read


@settings(deadline=None)
@given(values)
def test_what_python_writes_is_read_back_by_the_table(value):
    text = json.dumps(value)  # lone surrogates as escapes, NaN as bare tokens, integers of any size
    expected = odd_json.loads(odd_json.dumps(without_tokens(value)))
    assert odd_json.dumps(odd_json.loads(text.encode())) == odd_json.dumps(expected)


def without_tokens(value):
    if isinstance(value, dict):
        return {key: without_tokens(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_tokens(item) for item in value]
    return 0 if isinstance(value, float) and not math.isfinite(value) else value


def test_what_is_too_deep_to_write_is_refused():
    value = []
    for _ in range(odd_json.WRITABLE_DEPTH + 5):
        value = [value]
    with pytest.raises(Invalid) as refusal:
        odd_json.dumps(value)
    assert refusal.value.reason is Reason.TOO_DEEP


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_of(item)
