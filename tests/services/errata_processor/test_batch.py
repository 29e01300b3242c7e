"""Records become batches: all of them, in order, and no pack in two."""

from hypothesis import given
from hypothesis import strategies as st
from tests.services.errata_processor.builders import terms
from tests.services.errata_processor.rig import item

from errata.contracts.pack import encode_pack
from errata_processor.batch import Record, unpack


@given(st.lists(st.integers(0, 9), max_size=30), st.integers(1, 20))
def test_batches_hold_all_records_in_order_and_never_cut_a_pack(sizes: list[int], limit: int) -> None:
    records = [Record(0, n, encode_pack(tuple(item() for _ in range(size))), 0) for n, size in enumerate(sizes)]
    batches = list(unpack(records, 0, terms(), limit))
    assert [offset for batch in batches for offset in range(batch.begin, batch.end)] == list(range(len(sizes)))
    assert all(len(batch.jobs) < limit + 9 for batch in batches)
    assert [len(batch.jobs) + len(batch.endings) > 0 for batch in batches] == [True] * len(batches)
