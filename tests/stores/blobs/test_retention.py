import os
import time
from datetime import timedelta

from tests.stores.blobs.uploading import NOW, Shelf, bundle

from errata.contracts.times import DAY, now
from errata.stores.blobs.retention import clean


async def test_old_artifacts_go_with_what_only_they_named(tmp_path):
    shelf = Shelf(tmp_path)
    old = bundle({"~/old.js": ("source", "old", {}), "~/both.js": ("source", "both", {})}, release="1")
    await shelf.assemble(old, now=now() - 100 * DAY)
    (new,) = (await shelf.assemble(bundle({"~/both.js": ("source", "both", {})}, release="2"), now=now())).artifacts
    two_days_ago = time.time() - 2 * 86_400
    for path in tmp_path.rglob("*"):
        if path.is_file():
            os.utime(path, (two_days_ago, two_days_ago))
    removed = await clean(shelf.blobs, now(), timedelta(days=90))
    assert removed == (1, 1, 2)
    assert await shelf.artifacts.list(1) == [new]
    assert await shelf.artifacts.content(new.files[0].sha1) == b"both"
    assert await shelf.artifacts.by_url(1, "1", "", "~/old.js") == []


async def test_releases_that_are_kept_stay_however_old(tmp_path):
    shelf = Shelf(tmp_path)
    await shelf.assemble(bundle({"~/a.js": ("source", "a", {})}, release="1"), now=NOW)
    removed = await clean(shelf.blobs, NOW + 1000 * DAY, timedelta(days=1), frozenset({"1"}))
    assert removed.artifacts == 0
    assert await shelf.artifacts.delete_release(1, "1") == 1
    assert await shelf.artifacts.list(1) == []
