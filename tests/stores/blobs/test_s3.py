"""A bucket as the store of uploads: what is uploaded is found, copied to this machine, replaced and removed."""

from datetime import timedelta

from tests.stages.symbolicate.builds import ID, event, minified, upload
from tests.stages.symbolicate.running import frames, processed
from tests.stores.blobs.uploading import Shelf

from errata.contracts.times import DAY, now
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.retention import Keep, clean

TEXT, MAP, COLUMNS = minified("t", "q")
IMAGE = {"type": "sourcemap", "code_file": "https://shop.example/static/app.min.js?v=3", "debug_id": ID}


async def test_events_are_symbolicated_by_uploads_in_a_bucket(tmp_path, bucket):
    shelf = Shelf(tmp_path, address=bucket)
    await upload(shelf, TEXT, MAP, release="shop@1", debug_id=ID)
    for asked in (event(COLUMNS), event(COLUMNS, release="other", debug_meta={"images": [IMAGE]})):
        found, _ = await processed(asked, shelf.fetcher())
        assert frames(found)[-1]["function"] == "add"


async def test_contents_are_read_from_a_bucket_once_a_machine(tmp_path, bucket, monkeypatch):
    shelf = Shelf(tmp_path, address=bucket)
    await upload(shelf, TEXT, MAP, release="shop@1")
    get, read = Blobs.get, []

    async def watched(blobs, key):
        read.append(key)
        return await get(blobs, key)

    monkeypatch.setattr(Blobs, "get", watched)
    for _ in range(2):
        await processed(event(COLUMNS), shelf.fetcher())
    assert len([key for key in read if key.startswith("contents/")]) == 2


async def test_a_large_file_goes_up_in_parts(bucket, tmp_path):
    shelf, content = Shelf(tmp_path, address=bucket), bytes(12 << 20)
    path = tmp_path / "large"
    path.write_bytes(content)
    with path.open("rb") as file:
        await shelf.blobs.put("contents/large", file)
    assert await shelf.blobs.get("contents/large") == content


async def test_what_need_not_be_kept_leaves_the_bucket(tmp_path, bucket):
    shelf = Shelf(tmp_path, address=bucket)
    await upload(shelf, TEXT, MAP, release="shop@1", now=now())
    keep = Keep(artifacts=timedelta(days=90), releases=0, chunks=timedelta(days=1))
    await clean(shelf.blobs, now() + 100 * DAY, keep)
    assert await shelf.artifacts.find(1) == []
    await clean(shelf.blobs, now() + 200 * DAY, keep)
    assert not [blob async for blob in shelf.blobs.all("") if blob.key.startswith(("contents/", "chunks/", "removed/"))]
