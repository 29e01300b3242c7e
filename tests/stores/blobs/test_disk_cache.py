import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from errata.stores.blobs.disk_cache import DiskCache


def test_the_disk_holds_its_bound_under_500_files(tmp_path):
    cache = DiskCache(tmp_path, 100_000)
    for number in range(500):
        cache.put(f"map {number}", bytes(1000))
        assert cache.get("map 0") is not None
    held = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert held <= 100_000 + 32 * 1000
    assert cache.get("map 0") == bytes(1000)
    assert cache.get("map 1") is None


def test_the_least_lately_used_goes_first(tmp_path):
    cache = DiskCache(tmp_path, 4 * 4096)
    for number, name in enumerate("abcd"):
        cache.put(name, b"x")
        os.utime(cache.path(name), (number, number))
    assert cache.get("a") == b"x"
    cache.put("e", b"x")
    cache.sweep()
    assert [name for name in "abcde" if cache.path(name)] == ["a", "c", "d", "e"]


def _fill(folder):
    """Write and read what other processes write and sweep, and give how often something else came back."""
    cache, wrong = DiskCache(folder, 60_000), 0
    for turn in range(300):
        name = f"map {turn % 40}"
        cache.put(name, name.encode() * 500)
        wrong += cache.get(f"map {turn * 7 % 40}") not in {None, f"map {turn * 7 % 40}".encode() * 500}
    return wrong


def test_processes_that_write_and_sweep_at_once_never_see_a_part_of_a_file(tmp_path):
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert list(processes.map(_fill, [tmp_path] * 3)) == [0, 0, 0]
    DiskCache(tmp_path, 60_000).sweep()
    assert sum(max(path.stat().st_size, 4096) for path in tmp_path.iterdir()) <= 60_000


def test_what_a_killed_process_was_writing_goes_after_a_while(tmp_path):
    cache, left = DiskCache(tmp_path, 4096), tmp_path / ".torn"
    left.write_bytes(b"x")
    cache.put("a", b"x")
    cache.sweep()
    assert left.exists()
    os.utime(left, (0, 0))
    cache.put("b", b"x")
    cache.sweep()
    assert not left.exists()
