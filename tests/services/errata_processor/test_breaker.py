"""Most items failing stops consumption; a few never do."""

from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.times import MINUTE, SECOND
from errata_processor.breaker import Breaker


def test_a_few_failures_among_many_pass() -> None:
    breaker = Breaker(0.5, 10)
    assert all(breaker.admits(100, 49, n * SECOND) for n in range(100))


def test_few_items_may_all_fail() -> None:
    breaker = Breaker(0.5, 10)
    assert breaker.admits(9, 9, 0)


def test_failures_of_one_minute_add_up() -> None:
    breaker = Breaker(0.5, 10)
    assert [breaker.admits(4, 4, n * SECOND) for n in range(3)] == [True, True, False]


def test_failures_of_another_minute_do_not() -> None:
    breaker = Breaker(0.5, 10)
    assert [breaker.admits(4, 4, n * MINUTE) for n in range(5)] == [True] * 5


def test_an_open_breaker_stays_open_however_long_the_same_batch_fails() -> None:
    breaker = Breaker(0.5, 10)
    breaker.admits(20, 20, 0)
    assert not any(breaker.admits(4, 4, n * MINUTE) for n in range(1, 100))


def test_an_open_breaker_closes_for_a_batch_that_is_mended() -> None:
    breaker = Breaker(0.5, 10)
    breaker.admits(20, 20, 0)
    assert breaker.admits(20, 0, SECOND)
    assert breaker.admits(4, 4, 2 * SECOND)


def test_a_share_of_one_never_stops() -> None:
    breaker = Breaker(1.0, 1)
    assert breaker.admits(1000, 1000, 0)


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1), st.integers(0, 90)), max_size=60))
def test_failures_are_let_through_only_where_they_are_few_or_a_small_share(
    batches: list[tuple[int, float, int]],
) -> None:
    breaker, now, passed = Breaker(0.5, 20), 0, []
    for items, share, seconds in batches:
        now += seconds * SECOND
        failed, was_open = round(items * share), breaker.open
        if not breaker.admits(items, failed, now):
            continue
        passed = [batch for batch in passed if batch[0] > now - MINUTE and not was_open] + [(now, items, failed)]
        failures = sum(batch[2] for batch in passed)
        assert failed == 0 or failures < 20 or failures <= 0.5 * sum(batch[1] for batch in passed)
