from hypothesis import given
from hypothesis import strategies as st

from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.memory_cache import MemoryCache


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 50))))
def test_memory_never_holds_more_than_its_bound_and_knows_what_it_holds(puts):
    cache = MemoryCache(100)
    costs = {}
    for key, cost in puts:
        cache.put(key, cost, cost)
        costs[key] = cost
        assert cache.bytes <= 100
    held = [key for key in costs if cache.get(key, 0) is not None]
    assert cache.bytes == sum(costs[key] for key in held)


def test_what_was_used_last_stays_and_what_has_ended_is_not_given():
    cache = MemoryCache(2)
    cache.put("a", 1, 1, ends=10)
    cache.put("b", 2, 1)
    assert cache.get("a", now=9) == 1
    cache.put("c", 3, 1)
    assert (cache.get("a", 9), cache.get("b", 9), cache.get("c", 9)) == (1, None, 3)
    assert cache.get("a", 10) is None


def test_the_disk_holds_its_bound_under_500_files(tmp_path):
    cache = DiskCache(tmp_path, 100_000)
    for number in range(500):
        cache.put(f"map {number}", bytes(1000))
        assert cache.get("map 0") is not None
    held = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert held <= 100_000 + 32 * 1000
    assert cache.get("map 0") == bytes(1000)
    assert cache.get("map 1") is None
