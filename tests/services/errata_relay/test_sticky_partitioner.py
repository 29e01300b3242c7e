"""Records of one moment go to one partition, those of a longer time to all."""

from itertools import count, pairwise

import pytest

from errata_relay import kafka_link
from errata_relay.kafka_link import StickyPartitioner


@pytest.fixture
def clock(monkeypatch):
    """A clock that moves by a hundredth of the time that a partition is kept, with each look at it."""
    step = StickyPartitioner.STICK_SECONDS / 100
    times = count(1000)
    monkeypatch.setattr(kafka_link.time, "monotonic", lambda: next(times) * step)


@pytest.mark.usefixtures("clock")
def test_a_partition_is_kept_for_a_while_then_the_next_one_has_its_turn():
    choose = StickyPartitioner()
    chosen = [choose(None, [2, 0, 1], [2, 0, 1]) for _ in range(1000)]
    changes = [pair for pair in pairwise(chosen) if pair[0] != pair[1]]
    assert set(chosen) == {0, 1, 2}
    assert 8 <= len(changes) <= 10
    assert all(after == (before + 1) % 3 for before, after in changes)


@pytest.mark.usefixtures("clock")
def test_a_partition_without_leader_is_left_out_while_another_has_one():
    choose = StickyPartitioner()
    assert {choose(None, [0, 1, 2], [0, 2]) for _ in range(1000)} == {0, 2}
    assert choose(None, [5], []) == 5


def test_a_key_has_its_own_partition():
    choose = StickyPartitioner()
    assert len({choose(b"42", list(range(8)), list(range(8))) for _ in range(100)}) == 1
