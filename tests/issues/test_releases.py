"""Release order: which of two is later, and by which rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.issues.releases import OrderRule, compare

SEEN = {
    "abc123": 1,
    "def456": 2,
    "shop@1.0.0+aaa": 1,
    "shop@1.0.0+bbb": 2,
    "a@1.0": 5,
    "b@2.0": 3,
    "12a4567": 9,
    "7.0": 1,
}


@pytest.mark.parametrize(
    ("left", "right", "sign", "rule"),
    [
        ("shop@1.10.0", "shop@1.9.0", 1, OrderRule.SEMVER),
        ("1.9.0", "1.10.0", -1, OrderRule.SEMVER),
        ("shop@1.0.0-rc.1", "shop@1.0.0", -1, OrderRule.SEMVER),
        ("shop@1.0.0-rc.10", "shop@1.0.0-rc.9", 1, OrderRule.SEMVER),
        ("v1.2.0", "1.1.9", 1, OrderRule.SEMVER),
        ("shop@v1.2.0", "shop@1.2.1", -1, OrderRule.SEMVER),
        ("shop@1.2", "shop@1.1.9", 1, OrderRule.SEMVER),
        ("shop@1.2.0", "1.3.0", -1, OrderRule.SEMVER),
        ("@acme/shop@2.0.0", "@acme/shop@1.9.9", 1, OrderRule.SEMVER),
        ("shop@1.0.0+10", "shop@1.0.0+9", 1, OrderRule.BUILD),
        ("shop@1.0.0+bbb", "shop@1.0.0+aaa", 1, OrderRule.FIRST_SEEN),
        ("shop@1.0", "shop@1.0.0", 0, OrderRule.SEMVER),
        ("1.2.3.4", "1.2.3.10", -1, OrderRule.PEP440),
        ("2024.01.15", "2024.01.05", 1, OrderRule.PEP440),
        ("1.0rc1", "1.0", -1, OrderRule.PEP440),
        ("def456", "abc123", 1, OrderRule.FIRST_SEEN),
        ("abc123", "never-seen", 0, OrderRule.UNKNOWN),
        ("a@1.0", "b@2.0", 1, OrderRule.FIRST_SEEN),
        ("12a4567", "7.0", 1, OrderRule.FIRST_SEEN),
        ("same", "same", 0, OrderRule.SAME),
    ],
)
def test_two_releases_are_compared_by_the_strictest_rule_that_both_fit(
    left: str, right: str, sign: int, rule: OrderRule
) -> None:
    assert (compare(left, right, SEEN).sign, compare(left, right, SEEN).rule) == (sign, rule)
    assert compare(right, left, SEEN).sign == -sign


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_compared_and_the_other_way_round_gives_the_opposite(left: str, right: str) -> None:
    seen = {left: 1, right: 2} if left != right else {}
    assert compare(left, right, seen).sign == -compare(right, left, seen).sign


VERSIONS = st.tuples(*[st.integers(0, 30)] * 3)


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_as_numbers_with_and_without_package_and_prefix(
    left: tuple[int, ...], right: tuple[int, ...]
) -> None:
    sign = (left > right) - (left < right)
    for shape in ("{}", "v{}", "shop@{}", "shop@v{}"):
        a, b = shape.format(".".join(map(str, left))), shape.format(".".join(map(str, right)))
        assert compare(a, b, {}).sign == sign
