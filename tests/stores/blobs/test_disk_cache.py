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
