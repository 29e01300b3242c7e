import io

import pytest
from tests.stages.symbolicate.builds import event, minified, upload
from tests.stages.symbolicate.running import frames, processed
from tests.stores.blobs.uploading import Shelf

from errata.stores.blobs.connection import connect


@pytest.mark.parametrize("address", ["{}/a", "file://{}/b", "memory:///", "bucket"])
async def test_stores_behave_alike(tmp_path, request, address):
    blobs = connect(request.getfixturevalue("bucket") if address == "bucket" else address.format(tmp_path))
    await blobs.put("x/y/z", b"1")
    assert (await blobs.get("x/y/z"), await blobs.get("x/y")) == (b"1", None)
    await blobs.put("x/y/z", b"3")
    await blobs.put("x/w", b"")
    assert await blobs.exists("x/y/z")
    assert (await blobs.names("x"), await blobs.folders("x")) == (["w"], ["y"])
    assert sorted([blob.key async for blob in blobs.all("x")]) == ["x/w", "x/y/z"]
    assert [blob.size async for blob in blobs.all("x/y")] == [1]
    await blobs.move("x/y/z", "a/b")
    await blobs.move("x/y/z", "a/b")
    assert (await blobs.exists("x/y/z"), await blobs.get("a/b")) == (False, b"3")
    await blobs.delete("a/b")
    await blobs.delete("a/b")
    assert not await blobs.exists("a/b")
    with io.BytesIO(b"large") as file:
        await blobs.put("a/b", file)
    assert await blobs.get("a/b") == b"large"


def test_another_address_is_refused_by_the_name_of_its_setting():
    with pytest.raises(ValueError, match="ERRATA_BLOBS"):
        connect("ftp://somewhere")


async def test_of_a_store_far_away_a_copy_is_kept_on_this_machine(tmp_path):
    shelf = Shelf(tmp_path, address="memory:///")
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    found, _ = await processed(event(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"
    contents = await shelf.contents()
    kept = {path.read_bytes() for path in (tmp_path / "cache").iterdir()}
    assert len(contents) == 2
    assert contents <= kept


async def test_a_torn_copy_on_this_machine_is_read_from_the_store_again(tmp_path):
    shelf = Shelf(tmp_path, address="memory:///")
    text, content, columns = minified("t", "q")
    await upload(shelf, text, content, release="shop@1")
    await processed(event(columns), shelf.fetcher())
    for path in (tmp_path / "cache").iterdir():
        path.write_bytes(path.read_bytes()[:-1])
    found, _ = await processed(event(columns), shelf.fetcher())
    assert frames(found)[1]["function"] == "add"
    assert await shelf.contents() <= {path.read_bytes() for path in (tmp_path / "cache").iterdir()}
