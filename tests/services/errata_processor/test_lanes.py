"""Which of the records that Faust delivers a lane takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.runtime.settings import CommonSettings
from errata.stores.kafka.lost_records import LostRecordsError
from errata_processor.lanes import GapError, Lane
from errata_processor.positions import Start


def lane(offset: int = 10, *, tried: int = 0, generation: int = 4) -> Lane:
    unused: Any = None
    return Lane(0, Start(offset, tried), generation, unused, CommonSettings())


def test_records_in_order_are_taken() -> None:
    own = lane()
    assert [own.takes(offset, 4) for offset in (10, 11, 12)] == [True, True, True]


def test_records_of_an_older_assignment_are_not() -> None:
    assert not lane().takes(10, 3)


def test_records_that_come_again_are_not() -> None:
    own = lane()
    assert [own.takes(offset, 4) for offset in (9, 10, 11, 10, 11, 12)] == [False, True, True, False, False, True]


def test_a_skipped_record_is_never_committed_over() -> None:
    own = lane()
    own.takes(10, 4)
    with pytest.raises(GapError, match="12 came after 10"):
        own.takes(12, 4)


async def test_a_batch_is_never_committed_over_the_one_before_it() -> None:
    own = lane()
    own.takes(10, 4)
    with pytest.raises(GapError, match="11 was to be committed after 9"):
        await own.commit([], 11, 12)


def test_records_that_are_gone_before_the_first_one_are_named() -> None:
    with pytest.raises(LostRecordsError, match="records 10 to 14 were deleted before they were read"):
        lane().takes(15, 4)


def test_only_the_first_batch_after_three_ends_is_suspect() -> None:
    assert not lane(tried=2).poisoned(10, 100)
    assert lane(tried=3).poisoned(10, 100)
    assert lane(tried=3).poisoned(109, 100)
    assert not lane(tried=3).poisoned(110, 100)


@given(st.lists(st.tuples(st.integers(5, 25), st.integers(3, 4)), max_size=60))
def test_whatever_comes_each_offset_is_taken_at_most_once_and_none_is_skipped(
    deliveries: list[tuple[int, int]],
) -> None:
    own, taken = lane(), []
    for offset, generation in deliveries:
        try:
            if own.takes(offset, generation):
                taken.append(offset)
        except (GapError, LostRecordsError):
            break
    assert taken == list(range(10, 10 + len(taken)))
