"""Where an owner begins, and how it learns that others ended there."""

import pytest
from aiokafka.structs import OffsetAndMetadata

from errata_processor.positions import Start, start_of


def test_a_commit_of_records_says_that_nobody_ended_there() -> None:
    assert start_of(OffsetAndMetadata(51, "")) == Start(51, 0)


@pytest.mark.parametrize("tried", [0, 1, 3])
def test_what_is_noted_is_read_back(tried: int) -> None:
    assert start_of(Start(50, tried).note) == Start(50, tried)


def test_notes_of_others_say_nothing() -> None:
    assert start_of(OffsetAndMetadata(51, "begun:3")) == Start(51, 0)
