"""Times in every spelling, and the drift of a client's clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.stages.normalize.timestamps import parse


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (1562873192.624, 1562873192.624),
        (1562873192, 1562873192.0),
        ("1562873192.624", 1562873192.624),
        (1562873192624, 1562873192.624),
        (1562873192624000, 1562873192.624),
        ("2019-07-11T19:26:32Z", 1562873192.0),
        ("2019-07-11T19:26:32", 1562873192.0),
        ("2019-07-11 19:26:32.624", 1562873192.624),
        ("2019-07-11T19:26:32.624123456Z", 1562873192.624123),
        ("2019-07-11T21:26:32.7069486+02:00", 1562873192.706948),
        ("Thu, 11 Jul 2019 19:26:32 GMT", 1562873192.0),
        ("2019-07-11", 1562803200.0),
    ],
)
def test_every_spelling_of_a_time_is_read(sent, seconds):
    assert parse(sent) == pytest.approx(seconds, abs=1e-5)


@pytest.mark.parametrize("sent", [None, "", "yesterday", "2019-13-41", -5, float("nan"), 1e300, True, [], "9" * 60])
def test_what_is_no_time_is_none(sent):
    assert parse(sent) is None


@given(st.text() | st.floats() | st.integers())
def test_no_value_breaks_the_reading_of_times(value):
    seconds = parse(value)
    assert seconds is None or 0 <= seconds <= 4_102_444_800


def test_an_event_without_a_time_happened_when_it_arrived(normalized):
    assert normalized({})["timestamp"] == 1_700_000_000.0


def test_a_clock_that_is_hours_off_is_corrected_everywhere(normalized):
    sent_at = "2023-11-14T20:13:20Z"  # two hours before it arrived
    event = normalized(
        {"timestamp": 1_699_992_799.0, "breadcrumbs": [{"timestamp": 1_699_992_000}]},
        sent_at=sent_at,
    )
    assert event["timestamp"] == 1_699_999_999.0
    assert event["breadcrumbs"]["values"][0]["timestamp"] == 1_699_999_200.0
    assert event["errors"] == [{"type": "clock_drift", "name": "timestamp", "value": 7200}]


def test_a_slow_network_is_no_drift(normalized):
    event = normalized({"timestamp": 1_699_999_000.0}, sent_at="2023-11-14T21:33:20Z")
    assert event["timestamp"] == 1_699_999_000.0
    assert "errors" not in event
