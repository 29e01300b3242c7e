"""An item that ends or hangs the process it runs in is found, and its neighbours end as they should."""

from tests.services.errata_processor.test_batch import event, terms

from errata.contracts.outcomes import OutcomeKind, Reason
from errata.contracts.pack import Item, encode_pack
from errata_processor.batch import Record, unpack
from errata_processor.watched import process_watched


async def endings_of(*items: Item, seconds: float = 30) -> list[str]:
    (batch,) = unpack([Record(0, 7, encode_pack(items), 0)], terms(), 500)
    endings = await process_watched(batch.jobs, [""] * len(items), terms(), seconds)
    return ["event" if ending.events else ending.outcomes[0].reason for ending in endings]


async def test_the_culprit_is_dead_lettered_and_the_others_are_not() -> None:
    found = await endings_of(event("a"), event("please exit"), event("please be dropped"), event("please segfault"))
    assert found == ["event", Reason.POISON, Reason.IGNORED_TYPE, Reason.POISON]


async def test_an_item_that_hangs_is_a_culprit_too() -> None:
    assert await endings_of(event("please hang"), event("a"), seconds=1) == [Reason.POISON, "event"]


async def test_poison_is_kept_for_a_replay() -> None:
    (batch,) = unpack([Record(0, 7, encode_pack((event("please exit"),)), 0)], terms(), 500)
    (ending,) = await process_watched(batch.jobs, [""], terms(), 30)
    assert ending.outcomes[0].outcome is OutcomeKind.DEAD_LETTER
    assert {message.topic for message in ending.messages} == {"outcomes", "dead-letters"}
