"""Moments as ISO 8601 names them."""

from datetime import UTC, datetime

import pytest

from errata.contracts.times import moment_of, to_micros


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("1970-01-01T00:00:01", 1_000_000),
        ("1970-01-01T01:00:00.5+01:00", 500_000),
        ("1970-01-01T00:00:00.000001Z", 1),
    ],
)
def test_a_moment_without_a_zone_is_in_utc(text, micros):
    moment = moment_of(text)
    assert moment is not None
    assert to_micros(moment) == micros


@pytest.mark.parametrize("text", ["", "noon", "2026-13-01", "1795431258"])
def test_what_names_no_moment_is_none(text):
    assert moment_of(text) is None


def test_a_zone_is_kept():
    moment = moment_of("2026-11-23T10:00:00+02:00")
    assert moment == datetime(2026, 11, 23, 8, tzinfo=UTC)
