"""The spool gives back in order what was appended, whatever happened in between, and never more than it may hold."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata_relay import spool as module
from errata_relay.spool import Spool, SpoolFullError, SpoolInUseError, records


async def take_all(spool: Spool) -> list[bytes]:
    found: list[bytes] = []
    while oldest := await spool.oldest():
        found += oldest[1]
        await spool.remove(oldest[0])
    return found


async def test_records_come_back_in_order_and_the_room_with_them(tmp_path):
    spool = Spool(tmp_path, 1_000_000)
    await asyncio.gather(*(spool.append(b"%d" % number) for number in range(100)))
    assert spool.size > 100
    assert await take_all(spool) == [b"%d" % number for number in range(100)]
    assert (spool.size, list(tmp_path.glob("*.spool"))) == (0, [])


async def test_what_is_not_removed_is_there_after_a_restart(tmp_path):
    spool = Spool(tmp_path, 1_000_000)
    await spool.append(b"one")
    assert (await spool.oldest())[1] == [b"one"]
    await spool.append(b"two")
    await spool.close()
    spool = Spool(tmp_path, 1_000_000)
    await spool.append(b"three")
    assert await take_all(spool) == [b"one", b"two", b"three"]


async def test_a_segment_that_has_grown_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SEGMENT_BYTES", 100)
    spool = Spool(tmp_path, 1_000_000)
    for number in range(10):
        await spool.append(b"%d" % number * 50)
    assert len(list(tmp_path.glob("*.spool"))) == 5
    assert await take_all(spool) == [b"%d" % number * 50 for number in range(10)]


async def test_a_full_spool_refuses_and_takes_again_when_there_is_room(tmp_path):
    spool = Spool(tmp_path, 100)
    await spool.append(bytes(80))
    with pytest.raises(SpoolFullError):
        await spool.append(bytes(80))
    assert await take_all(spool) == [bytes(80)]
    await spool.append(bytes(80))


async def test_a_disk_that_takes_nothing_refuses_and_leaves_no_trace(tmp_path, monkeypatch):
    spool = Spool(tmp_path, 1_000_000)
    await spool.append(b"kept")

    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fdatasync", fail)
    with pytest.raises(SpoolFullError):
        await spool.append(b"refused")
    monkeypatch.undo()
    await spool.append(b"taken again")
    assert await take_all(spool) == [b"kept", b"taken again"]
    assert spool.size == 0


async def test_a_folder_belongs_to_one_process_at_a_time(tmp_path):
    spool = Spool(tmp_path, 1_000)
    with pytest.raises(SpoolInUseError):
        Spool(tmp_path, 1_000)
    await spool.close()
    await Spool(tmp_path, 1_000).close()


async def segment_of(folder: Path, parts: list[bytes]) -> bytes:
    spool = Spool(folder, 1_000_000)
    for part in parts:
        await spool.append(part)
    path, _ = await spool.oldest()
    await spool.close()
    content = path.read_bytes()
    path.unlink()
    return content


@given(parts=st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5), data=st.data())
def test_a_torn_segment_gives_the_whole_records_before_the_tear(tmp_path_factory, parts, data):
    segment = asyncio.run(segment_of(tmp_path_factory.mktemp("spool"), parts))
    cut = data.draw(st.integers(0, len(segment)))
    whole = [part for number, part in enumerate(parts) if sum(len(p) + 8 for p in parts[: number + 1]) <= cut]
    assert list(records(segment[:cut])) == whole
    assert list(records(segment[:cut] + bytes(64))) == whole or cut % len(segment)


async def test_a_damaged_record_costs_itself_alone(tmp_path):
    segment = bytearray(await segment_of(tmp_path, [b"one", b"two", b"three"]))
    segment[8 + 3 + 8] ^= 1
    assert list(records(bytes(segment))) == [b"one", b"three"]
