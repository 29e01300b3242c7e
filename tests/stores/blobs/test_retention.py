import os
import time
from datetime import timedelta

from tests.stores.blobs.uploading import NOW, Shelf, bundle

from errata.contracts.times import DAY, now
from errata.stores.blobs.retention import Keep, Removed, clean

KEEP = Keep(artifacts=timedelta(days=90), releases=0, chunks=timedelta(days=1))
ID = "89fb6ced-b4de-5d9f-a077-39dfd7739f4d"


def let_pass(folder, days=2):
    """Make everything in a folder as old as if it had been written days ago."""
    then = time.time() - days * 86_400
    for path in sorted(folder.rglob("*"), reverse=True):
        os.utime(path, (then, then))


async def test_old_artifacts_go_with_what_only_they_named(tmp_path):
    shelf = Shelf(tmp_path)
    old = bundle({"~/old.js": ("source", "old", {}), "~/both.js": ("source", "both", {})}, release="1")
    await shelf.assemble(old, now=now() - 100 * DAY)
    (new,) = (await shelf.assemble(bundle({"~/both.js": ("source", "both", {})}, release="2"), now=now())).artifacts
    let_pass(tmp_path)
    assert await clean(shelf.blobs, now(), KEEP) == Removed(artifacts=1, contents=1, chunks=2)
    assert await shelf.artifacts.find(1) == [new]
    assert await shelf.contents() == {b"both"}
    assert await shelf.with_url("1", "", "~/old.js") == []
    let_pass(tmp_path)
    await clean(shelf.blobs, now(), KEEP)
    assert not [name for name in shelf.files() if "/removed/" in name]


async def test_a_content_that_was_put_aside_is_read_and_comes_back_when_it_is_named_again(tmp_path):
    shelf = Shelf(tmp_path)
    (artifact,) = (await shelf.assemble(bundle({"~/a.js": ("source", "a", {})}), now=now() - 100 * DAY)).artifacts
    let_pass(tmp_path)
    assert (await clean(shelf.blobs, now(), KEEP)).contents == 1
    (sha1,) = (file.sha1 for file in artifact.files)
    assert await shelf.artifacts.content(sha1) == b"a"
    await shelf.artifacts.add(artifact)
    let_pass(tmp_path)
    await clean(shelf.blobs, artifact.created_at, KEEP)
    assert [name for name in shelf.files() if sha1 in name] == [f"blobs/contents/{sha1[:2]}/{sha1}"]


async def test_the_latest_releases_stay_however_old(tmp_path):
    shelf = Shelf(tmp_path)
    for number in range(4):
        await shelf.assemble(bundle({"~/a.js": ("source", "a", {})}, release=f"r{number}"), now=NOW + number)
    await shelf.assemble(bundle({"~/a.js": ("source", "b", {})}), now=NOW + 9)
    removed = await clean(shelf.blobs, NOW + 1000 * DAY, KEEP._replace(releases=2))
    assert removed.artifacts == 3
    assert [one.release for one in await shelf.artifacts.find(1)] == ["r3", "r2"]
    assert await shelf.artifacts.delete_release(1, "r3") == 1
    assert [one.release for one in await shelf.artifacts.find(1)] == ["r2"]


async def test_an_artifact_uploaded_again_while_it_is_removed_stays_whole(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    content = bundle({"~/a.js": ("source", "a", {"debug-id": ID})}, release="1")
    (old,) = (await shelf.assemble(content, now=now() - 100 * DAY)).artifacts
    let_pass(tmp_path)
    delete, raced = shelf.blobs.delete, []

    async def uploaded_meanwhile(key):
        if "/artifacts/" in key and not raced:
            raced.append(key)
            monkeypatch.undo()
            assert (await shelf.assemble(content, now=now())).state == "ok"
        await delete(key)

    monkeypatch.setattr(shelf.blobs, "delete", uploaded_meanwhile)
    await clean(shelf.blobs, now(), KEEP)
    assert raced
    for _ in range(2):
        (found,) = await shelf.artifacts.find(1)
        assert (found.id, found.created_at > old.created_at) == (old.id, True)
        assert await shelf.with_debug_id(ID) != []
        assert await shelf.with_url("1", "", "~/a.js") != []
        assert await shelf.contents() == {b"a"}
        let_pass(tmp_path)
        await clean(shelf.blobs, now(), KEEP)


async def test_keys_that_lead_to_no_artifact_are_swept_once_nobody_can_be_writing_them(tmp_path):
    shelf = Shelf(tmp_path)
    (artifact,) = (await shelf.assemble(bundle({"~/a.js": ("source", "a", {"debug-id": ID})}), now=now())).artifacts
    (record,) = (tmp_path / "blobs/projects/1/artifacts" / artifact.id).iterdir()
    record.unlink()
    assert (await clean(shelf.blobs, now(), KEEP)).keys == 0
    let_pass(tmp_path)
    assert (await clean(shelf.blobs, now(), KEEP)).keys == 2


async def test_what_killed_writers_left_is_swept_once_nobody_can_be_writing_it(tmp_path):
    shelf = Shelf(tmp_path)
    await shelf.assemble(bundle({"~/a.js": ("source", "a", {})}), now=now())
    unfinished = tmp_path / "blobs/contents/aa" / ("a" * 40 + "#1")
    unfinished.parent.mkdir(exist_ok=True)
    unfinished.write_bytes(b"half")
    (tmp_path / "blobs/projects/1/debug-ids/gone").mkdir(parents=True)
    assert (await clean(shelf.blobs, now(), KEEP)).leftovers == 0
    let_pass(tmp_path)
    assert (await clean(shelf.blobs, now(), KEEP)).leftovers == 1
    assert not unfinished.exists()
    let_pass(tmp_path)
    await clean(shelf.blobs, now(), KEEP)
    assert not (tmp_path / "blobs/projects/1/debug-ids").exists()
    assert len(await shelf.artifacts.find(1)) == 1
