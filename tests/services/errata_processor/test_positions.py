"""Where an owner begins, and how it learns that others died there."""

import pytest
from aiokafka.structs import OffsetAndMetadata

from errata_processor.positions import LostRecordsError, start_of


def test_a_group_without_a_position_begins_at_the_oldest_record() -> None:
    assert start_of(0, None, 40, 90).offset == 40
    assert start_of(0, OffsetAndMetadata(-1, ""), 40, 90).offset == 40


def test_each_owner_that_commits_nothing_leaves_its_mark() -> None:
    start = start_of(0, OffsetAndMetadata(50, ""), 40, 90)
    counts = []
    for _ in range(4):
        counts.append(start.begun)
        start = start_of(0, start.note, 40, 90)
    assert counts == [0, 1, 2, 3]


def test_where_nothing_was_to_be_read_nobody_died() -> None:
    assert start_of(0, OffsetAndMetadata(90, "begun:7"), 40, 90).begun == 0


def test_a_commit_of_records_clears_the_marks() -> None:
    assert start_of(0, OffsetAndMetadata(51, ""), 40, 90).begun == 0


@pytest.mark.parametrize("position", [39, 91])
def test_a_position_outside_the_log_is_refused_and_named(position: int) -> None:
    with pytest.raises(LostRecordsError, match=rf"partition 5: position {position} is not within 40\.\.90"):
        start_of(5, OffsetAndMetadata(position, ""), 40, 90)
