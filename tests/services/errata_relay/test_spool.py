"""The spool gives back in order what was appended, whatever happened in between, and never more than it may hold."""

import asyncio
import os
from pathlib import Path

import pytest

from errata_relay import spool as module
from errata_relay.segment import Content
from errata_relay.spool import Spool, SpoolFullError, SpoolInUseError


def spool_in(folder: Path, max_bytes: int = 1_000_000, now: int = 1) -> Spool:
    return Spool(folder, max_bytes, lambda: now)


async def take_all(spool: Spool) -> list[bytes]:
    found: list[bytes] = []
    while oldest := await spool.oldest():
        found += oldest[1].records
        await spool.remove(oldest[0])
    return found


async def test_records_come_back_in_order_and_the_room_with_them(tmp_path):
    spool = spool_in(tmp_path, 1_000_000)
    await asyncio.gather(*(spool.append(b"%d" % number) for number in range(100)))
    assert spool.size > 100
    assert await take_all(spool) == [b"%d" % number for number in range(100)]
    assert (spool.size, list(tmp_path.glob("*.spool"))) == (0, [])


async def test_what_is_not_removed_is_there_after_a_restart(tmp_path):
    spool = spool_in(tmp_path, 1_000_000)
    await spool.append(b"one")
    assert (await spool.oldest())[1].records == [b"one"]
    await spool.append(b"two")
    await spool.close()
    spool = spool_in(tmp_path, 1_000_000)
    await spool.append(b"three")
    assert await take_all(spool) == [b"one", b"two", b"three"]


async def test_a_segment_that_has_grown_is_followed_by_another(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_SEGMENT_BYTES", 100)
    spool = spool_in(tmp_path, 1_000_000)
    for number in range(10):
        await spool.append(b"%d" % number * 50)
    assert len(list(tmp_path.glob("*.spool"))) == 5
    assert await take_all(spool) == [b"%d" % number * 50 for number in range(10)]


async def test_a_full_spool_refuses_and_takes_again_when_there_is_room(tmp_path):
    spool = spool_in(tmp_path, 100)
    await spool.append(bytes(80))
    with pytest.raises(SpoolFullError):
        await spool.append(bytes(80))
    assert await take_all(spool) == [bytes(80)]
    await spool.append(bytes(80))


async def test_a_disk_that_takes_nothing_refuses_and_leaves_no_trace(tmp_path, monkeypatch):
    spool = spool_in(tmp_path, 1_000_000)
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
    spool = spool_in(tmp_path, 1_000)
    with pytest.raises(SpoolInUseError):
        spool_in(tmp_path, 1_000)
    await spool.close()
    await spool_in(tmp_path, 1_000).close()


async def test_the_torn_end_of_a_process_that_is_gone_is_cut_off(tmp_path):
    spool = spool_in(tmp_path)
    await spool.append(b"whole")
    await spool.append(b"torn")
    await spool.close()
    (path,) = tmp_path.glob("*.spool")
    os.truncate(path, path.stat().st_size - 1)
    spool = spool_in(tmp_path)
    await spool.append(b"later")
    assert (await spool.oldest())[1] == Content([b"whole"])
    assert await take_all(spool) == [b"whole", b"later"]
    assert spool.size == 0


@pytest.mark.parametrize("left", [0, 1, 19, 20])
async def test_a_segment_of_nothing_whole_is_none(tmp_path, left):
    spool = spool_in(tmp_path)
    await spool.append(b"torn")
    await spool.close()
    (path,) = tmp_path.glob("*.spool")
    os.truncate(path, left)
    spool = spool_in(tmp_path)
    assert await take_all(spool) == []
    assert (spool.size, spool.age) == (0, 0)


async def test_a_tear_in_an_older_segment_is_no_tear(tmp_path):
    for record in (b"one", b"two"):
        spool = spool_in(tmp_path)
        await spool.append(record)
        await spool.close()
    first, _ = sorted(tmp_path.glob("*.spool"))
    os.truncate(first, first.stat().st_size - 1)
    assert (await spool_in(tmp_path).oldest())[1].torn_bytes > 0


async def test_a_segment_that_is_set_aside_leaves_its_bytes_and_frees_the_room(tmp_path):
    spool = spool_in(tmp_path, 100)
    await spool.append(bytes(60))
    path, _ = await spool.oldest()
    content = path.read_bytes()
    await spool.set_aside(path)
    assert (await spool.oldest(), spool.size) == (None, 0)
    await spool.append(bytes(60))
    assert path.with_suffix(".unreadable").read_bytes() == content


async def test_what_was_set_aside_is_never_overwritten(tmp_path):
    for record in (b"one", b"two"):
        spool = spool_in(tmp_path)
        await spool.append(record)
        await spool.set_aside((await spool.oldest())[0])
        await spool.close()
    assert len(list(tmp_path.glob("*.unreadable"))) == 2


async def test_the_age_is_that_of_the_oldest_record_also_after_a_restart(tmp_path):
    moment = [1_000_000]
    spool = Spool(tmp_path, 1_000_000, lambda: moment[0])
    assert spool.age == 0
    await spool.append(b"one")
    moment[0] += 5_000_000
    await spool.append(b"two")
    assert spool.age == 5
    await spool.close()
    spool = Spool(tmp_path, 1_000_000, lambda: moment[0])
    await spool.append(b"three")
    assert spool.age == 5
    await spool.remove((await spool.oldest())[0])
    assert spool.age == 0
    assert await take_all(spool) == [b"three"]
    assert spool.age == 0
