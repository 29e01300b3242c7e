"""Where an owner begins, and how it learns that others ended there."""

import pytest
from aiokafka.structs import OffsetAndMetadata

from errata.stores.kafka.layout import OtherGenerationError
from errata_processor.positions import Start, start_of


@pytest.mark.parametrize("tried", [0, 1, 3])
def test_what_is_noted_is_read_back(tried: int) -> None:
    assert start_of(Start(50, tried).noted(2), 2) == Start(50, tried)


@pytest.mark.parametrize("note", ["", "begun:3", "2", "2 something else"])
def test_a_note_of_others_says_that_nobody_ended_there(note: str) -> None:
    assert start_of(OffsetAndMetadata(51, note), 2) == Start(51, 0)


def test_a_position_of_other_topics_is_refused() -> None:
    with pytest.raises(OtherGenerationError, match="of generation 1, not 2"):
        start_of(Start(50).noted(1), 2)
