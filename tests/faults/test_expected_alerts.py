"""The model that fault tests hold alerts against knows a burst from a trickle, and order from time."""

from tests.faults.expected_alerts import SECOND, THRESHOLD, WINDOW_S, expected, most_within

AT = 1_795_436_400 * SECOND


def test_a_burst_must_alert_and_a_trickle_must_not() -> None:
    burst = [("a", AT + number) for number in range(THRESHOLD + 1)]
    trickle = [("b", AT + 2 * number * SECOND) for number in range(200)]
    assert expected([*burst, *trickle]) == ({"a"}, {"a"})
    assert expected(burst[1:]) == (set(), set())


def test_what_only_the_cut_bucket_would_count_may_alert() -> None:
    first = [("a", AT)] * THRESHOLD
    assert expected([*first, ("a", AT + (WINDOW_S + 1) * SECOND)]) == (set(), {"a"})
    assert expected([*first, ("a", AT + (WINDOW_S + 3) * SECOND)]) == (set(), set())


def test_an_event_that_comes_late_counts_where_the_window_still_is() -> None:
    assert most_within([AT, AT + 30 * SECOND, AT + 1], 60) == 3
    assert most_within([AT, AT + 90 * SECOND, AT + 1], 60) == 1
