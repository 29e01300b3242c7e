import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.demangle import demangled


@pytest.mark.parametrize(
    ("mangled", "name"),
    [
        ("_ZN4shop4Cart3payEi", "shop::Cart::pay"),
        ("__ZN4shop4Cart3payEi", "shop::Cart::pay"),
        ("?pay@Cart@shop@@QEAAXH@Z", "shop::Cart::pay"),
        ("_RNvCs15kBYyAo9fc_4shop3pay", "shop::pay"),
        ("$s4shop4CartC3payyyF", "Cart.pay()"),
    ],
)
def test_a_mangled_name_is_read(mangled, name):
    assert demangled(mangled) == name


@pytest.mark.parametrize("name", ["main", "_main", "_RegisterShop", "_Z", "$s", "?", "-[Cart pay:]", "shop::pay", ""])
def test_a_plain_name_stays(name):
    assert demangled(name) == name


@pytest.mark.parametrize("shape", ["_Z1f{}", "_Z1fI{}Evv", "_ZN1fI{}E1gEv"])
def test_a_name_made_to_become_huge_stays_small(shape):
    # Each of these types is made of the one before, twice.
    types = "".join(f"S_IS{number}_S{number}_E" for number in "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert len(demangled(shape.format(f"1aI1bS0_E{types}"))) < 4_096


@given(
    st.sampled_from(["_ZN", "$s4shop", "_RNv", "?", "_T0"]),
    st.text(alphabet="_0123456789ABCEINSTabcyp@?$", max_size=80),
)
def test_any_name_is_read_or_stays(start, rest):
    assert isinstance(demangled(start + rest), str)
