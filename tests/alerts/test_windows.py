"""Sliding windows by buckets against a naive count: off by one bucket at most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.alerts.windows import INTERVALS, SlidingCount, bucket_size
from errata.contracts.times import SECOND

NOW = 1_795_436_400 * SECOND


def naive(times: list[int], now: int, seconds: int) -> int:
    return sum(now - seconds * SECOND < at <= now for at in times)


@st.composite
def histories(draw: st.DrawFn) -> tuple[int, list[int]]:
    """A window, and ascending moments on its scale."""
    window = draw(st.sampled_from(list(INTERVALS.values())))
    gaps = draw(st.lists(st.integers(0, window * SECOND // 3), min_size=1, max_size=60))
    times = [NOW + sum(gaps[: n + 1]) for n in range(len(gaps))]
    return window, times


@given(histories())
def test_a_count_is_between_that_of_the_window_and_of_the_window_and_a_bucket(history: tuple[int, list[int]]) -> None:
    window, times = history
    count = SlidingCount(window)
    for number, at in enumerate(times, 1):
        seen = times[:number]
        assert naive(seen, at, window) <= count.add(at) <= naive(seen, at, window + bucket_size(window))


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_within_the_window_does_not_matter(history: tuple[int, list[int]], chance: object) -> None:
    window, times = history
    inside = [at for at in times if at > times[-1] - window * SECOND]
    shuffled = sorted(inside, key=lambda _: chance.random())  # type: ignore[attr-defined]
    straight, mixed = SlidingCount(window), SlidingCount(window)
    assert [straight.add(at) for at in inside][-1] == [mixed.add(at) for at in shuffled][-1]
    assert straight.buckets == mixed.buckets


@given(histories(), st.data())
def test_stored_buckets_go_on_where_they_were(history: tuple[int, list[int]], data: st.DataObject) -> None:
    """What changed and what was dropped, written to a store, is the whole count."""
    window, times = history
    cut = data.draw(st.integers(0, len(times)))
    stored: dict[int, int] = {}
    whole = SlidingCount(window)
    part = SlidingCount(window)
    for number, at in enumerate(times):
        if number == cut:
            part = SlidingCount(window, dict(stored))
        assert whole.add(at) == part.add(at)
        for bucket in part.changed:
            stored[bucket] = part.buckets[bucket]
        for bucket in part.dropped:
            del stored[bucket]
        part.settle()
        assert stored == part.buckets


@pytest.mark.parametrize("window", INTERVALS.values())
def test_a_window_has_a_bounded_number_of_buckets(window: int) -> None:
    count = SlidingCount(window)
    for step in range(3_000):
        count.add(NOW + step * window * SECOND // 1_000)
    assert len(count.buckets) <= window // bucket_size(window) + 1 <= 721


def test_an_event_older_than_the_window_is_not_counted() -> None:
    count = SlidingCount(60)
    count.add(NOW)
    assert count.add(NOW - 62 * SECOND) == 1


def test_a_window_beyond_thirty_days_is_refused() -> None:
    with pytest.raises(ValueError, match="30 days"):
        bucket_size(31 * 86_400)
