"""The loose reading takes what the mending one takes, and refuses what that refuses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.protocols import loose_json


@pytest.mark.parametrize("text", [b'{"a": 1}', b'{"a": [true, null, "\\u00e9"]}', b'"text"'])
def test_ordinary_json_is_read(text):
    assert loose_json.loads(text) == odd_json.loads(text)


def test_odd_json_is_read_unmended():
    value = loose_json.loads(b'{"a":NaN,"b":"\\ud800","c":%s,"d":"\xff"}' % (b"1" * 10_000))
    assert math.isnan(value["a"])
    assert (value["b"], value["c"], value["d"]) == ("\ud800", math.inf, "\ufffd")


def test_integers_stay_integers_beside_odd_values_up_to_64_bits():
    value = loose_json.loads(b'{"a":NaN,"length":12,"least":-9223372036854775808,"beyond":%d}' % 2**70)
    assert (value["length"], value["least"], value["beyond"]) == (12, float(-(2**63)), float(2**70))
    assert isinstance(value["length"], int)


@pytest.mark.parametrize(
    ("text", "reason"), [(b"{", Reason.BAD_JSON), (b"[-NaN]", Reason.BAD_JSON), (b"[NaN," * 100_000, Reason.TOO_DEEP)]
)
def test_the_rest_is_refused(text, reason):
    with pytest.raises(Invalid) as refusal:
        loose_json.loads(text)
    assert refusal.value.reason is reason


def taken(loads, text: bytes) -> bool:
    try:
        loads(text)
    except Invalid:
        return False
    return True


@given(st.binary(max_size=100) | st.text(alphabet='{}[]":,\\ud8NaInfity-10.e+tru \n\x00', max_size=40).map(str.encode))
def test_both_readings_take_the_same(text):
    assert taken(loose_json.loads, text) == taken(odd_json.loads, text)
