"""Of a segment all is read that is whole, and what is not is told by its kind: torn and promised to nobody, or damaged."""

from hypothesis import given
from hypothesis import strategies as st

from errata_relay.segment import HEAD_BYTES, Content, created_at, frame, head, read

RECORDS = st.lists(st.binary(max_size=30), min_size=1, max_size=5)


def segment_of(records: list[bytes]) -> bytes:
    return head(1_790_000_000_000_000) + b"".join(map(frame, records))


@given(RECORDS)
def test_what_was_written_is_read(records):
    assert read(segment_of(records)) == Content(records)
    assert created_at(segment_of(records)) == 1_790_000_000_000_000


@given(RECORDS, st.data())
def test_a_torn_segment_gives_the_whole_records_before_the_tear(records, data):
    segment = segment_of(records)
    cut = data.draw(st.integers(0, len(segment)))
    ends = [len(segment_of(records[: number + 1])) for number in range(len(records))]
    whole = [record for record, end in zip(records, ends, strict=True) if end <= cut]
    start = max([end for end in ends if end <= cut], default=HEAD_BYTES if cut >= HEAD_BYTES else 0)
    assert read(segment[:cut]) == Content(whole, torn_bytes=cut - start)
    if cut == start > 0:
        assert read(segment[:cut] + bytes(64)) == Content(whole, torn_bytes=64)


@given(RECORDS, st.data())
def test_a_flipped_bit_is_never_read_over(records, data):
    """Whatever bit it is, only records that were written are given, and the bytes of those that are not are told."""
    segment = bytearray(segment_of(records))
    place = data.draw(st.integers(0, len(segment) - 1))
    segment[place] ^= 1 << data.draw(st.integers(0, 7))
    content = read(bytes(segment))
    if 12 <= place < HEAD_BYTES:  # the time: at worst a wrong age
        assert content.records == records
        return
    left = list(records)
    for record in content.records:
        left = left[left.index(record) + 1 :]
    assert len(content.records) < len(records)
    assert content.damaged_bytes >= sum(map(len, records)) - sum(map(len, content.records))


def test_a_damaged_record_costs_itself_alone():
    segment = bytearray(segment_of([b"one", b"two", b"three"]))
    segment[segment.index(b"two")] ^= 1
    assert read(bytes(segment)) == Content([b"one", b"three"], damaged_bytes=len(frame(b"two")))


def test_a_damaged_length_costs_all_behind_it_and_says_so():
    segment = bytearray(segment_of([b"one", b"two", b"three"]))
    segment[HEAD_BYTES] ^= 0x80
    assert read(bytes(segment)) == Content([], damaged_bytes=len(segment) - HEAD_BYTES)


def test_a_file_of_another_kind_is_all_damage():
    assert read(b"something else entirely").damaged_bytes == 23
