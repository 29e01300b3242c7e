import io
import json
import struct
import tempfile
import zipfile
from base64 import b64decode
from hashlib import sha1

import pytest
from tests.stores.blobs.uploading import HEADER, NOW, Shelf, bundle, recorded, recorded_chunks

from errata.contracts.times import HOUR
from errata.protocols.artifacts.bundle import Bundle, Limits, UploadRefused
from errata.stages.symbolicate.map_check import MAX_BYTES
from errata.stores.blobs import records

ID = "89fb6ced-b4de-5d9f-a077-39dfd7739f4d"
FILES = {
    "~/static/app.min.js": ("minified_source", "a()", {"debug-id": ID.upper(), "Sourcemap": "app.min.js.map"}),
    "~/static/app.min.js.map": ("source_map", "{}", {"debug-id": ID}),
}


async def test_a_bundle_is_found_by_debug_id_and_by_release_dist_and_url(tmp_path):
    shelf = Shelf(tmp_path)
    answer = await shelf.assemble(bundle(FILES, release="shop@1"), projects=(1, 2), dist="7")
    assert (answer.state, [one.project for one in answer.artifacts]) == ("ok", [1, 2])

    (found,) = await shelf.with_debug_id(ID.replace("-", ""), project=2)
    assert [(file.url, file.debug_id) for file in found.files] == [(url, ID) for url in FILES]
    assert found.files[0].sourcemap == "app.min.js.map"
    assert await shelf.artifacts.content(found.files[0].sha1) == b"a()"
    assert await shelf.with_url("shop@1", "7", "~/static/app.min.js") != []
    assert await shelf.with_url("shop@1", "", "~/static/app.min.js") == []
    assert await shelf.with_debug_id(ID, project=3) == []


async def test_an_upload_that_was_cut_is_resumed_with_the_chunks_that_are_missing(tmp_path):
    shelf = Shelf(tmp_path)
    content = bundle(FILES)
    parts = [content[at : at + 100] for at in range(0, len(content), 100)]
    names = [sha1(part).hexdigest() for part in parts]
    checksum = sha1(content).hexdigest()
    await shelf.chunks.put(names[0], parts[0])

    answer = await shelf.uploads.assemble_bundle([1], checksum, names, now=NOW)
    assert (answer.state, answer.missing) == ("not_found", tuple(dict.fromkeys(names[1:])))
    assert await shelf.artifacts.find(1) == []
    for name, part in zip(names[1:], parts[1:], strict=True):
        await shelf.chunks.put(name, part)
    assert (await shelf.uploads.assemble_bundle([1], checksum, names, now=NOW)).state == "ok"


async def test_the_same_upload_again_is_ok_at_once_and_counts_as_made_now(tmp_path):
    shelf = Shelf(tmp_path)
    content = bundle(FILES)
    first = await shelf.assemble(content)
    again = await shelf.uploads.assemble_bundle([1], sha1(content).hexdigest(), [], now=NOW + HOUR)
    assert again.artifacts[0].id == first.artifacts[0].id
    assert [one.created_at for one in await shelf.artifacts.find(1)] == [NOW + HOUR]


async def test_a_chunk_whose_content_has_another_checksum_is_refused(tmp_path):
    shelf = Shelf(tmp_path, Limits(chunk=10))
    with pytest.raises(UploadRefused, match="checksum"):
        await shelf.chunks.put("0" * 40, b"abc")
    with pytest.raises(UploadRefused, match="40 hex digits"):
        await shelf.chunks.put("../../etc", b"abc")
    with pytest.raises(UploadRefused, match="larger"):
        await shelf.chunks.put(sha1(b"a" * 11).hexdigest(), b"a" * 11)
    assert shelf.files() == []


async def test_a_whole_with_another_checksum_is_an_error_and_serves_nothing(tmp_path):
    shelf = Shelf(tmp_path)
    name = sha1(b"abc").hexdigest()
    await shelf.chunks.put(name, b"abc")
    answer = await shelf.uploads.assemble_bundle([1], "0" * 40, [name], now=NOW)
    assert (answer.state, answer.detail) == ("error", "the assembled file does not have its checksum")
    assert await shelf.artifacts.find(1) == []


@pytest.mark.parametrize("name", ["../../outside", "/etc/passwd", "a/../../b", "..\\b", "a\\..\\..\\b"])
async def test_names_that_lead_out_of_the_archive_are_refused(tmp_path, name):
    packed = io.BytesIO(HEADER)
    packed.seek(8)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "x")
        archive.writestr("manifest.json", '{"files":{}}')
    shelf = Shelf(tmp_path)
    answer = await shelf.assemble(packed.getvalue())
    assert (answer.state, answer.detail) == ("error", "a name in the archive leads out of it")


async def test_urls_are_never_paths(tmp_path):
    shelf = Shelf(tmp_path)
    url = "~/../../../../outside"
    await shelf.assemble(bundle({url: ("source", "x", {"debug-id": "../../x"})}, release="../../r", dist="/"))
    assert all(
        name.startswith(("blobs/chunks/", "blobs/contents/", "blobs/projects/1/", "blobs/revision"))
        for name in shelf.files()
    )
    assert await shelf.with_url("../../r", "/", url) != []


async def test_zip_bombs_are_refused(tmp_path):
    limits = Limits(member=1000, unpacked=5000, members=20)
    shelf = Shelf(tmp_path, limits)
    large = await shelf.assemble(bundle({"~/a.js": ("source", "0" * 1001, {})}))
    together = await shelf.assemble(bundle({f"~/{n}.js": ("source", "0" * 900, {}) for n in range(7)}))
    many = await shelf.assemble(bundle({f"~/{n}.js": ("source", "0", {}) for n in range(21)}))
    assert [one.state for one in (large, together, many)] == ["error"] * 3
    assert await shelf.artifacts.find(1) == []


def test_a_member_that_is_larger_than_it_says_is_damaged():
    packed = bytearray(bundle({"~/a.js": ("source", "0" * 100_000, {})}))
    at = packed.rfind(b"PK\x01\x02", 0, packed.rfind(b"PK\x01\x02"))
    packed[at + 24 : at + 28] = struct.pack("<I", 10)
    opened = Bundle(io.BytesIO(packed), Limits())
    with pytest.raises(UploadRefused, match="damaged"):
        list(opened.files())


def test_a_directory_of_millions_is_refused_before_it_is_read():
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 0xFFFFFFFF, 0, 0)
    with pytest.raises(UploadRefused, match="too many files"):
        Bundle(io.BytesIO(HEADER + end), Limits())


@pytest.mark.parametrize(
    "content", [b"", b"SYSB", HEADER, HEADER + b"PK\x05\x06", b"\0" * 100, bundle({})[:-30]], ids=range(6)
)
def test_what_is_no_bundle_is_refused(content):
    with pytest.raises(UploadRefused):
        Bundle(io.BytesIO(content), Limits())


class KilledError(Exception):
    pass


async def test_nothing_is_served_of_an_upload_that_was_killed_before_its_record_was_written(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    content = bundle(FILES, release="shop@1")
    written = []
    put = shelf.blobs.put

    async def dies_before_the_record(key, content):
        if key.startswith(records.artifacts_folder(1)):
            raise KilledError
        written.append(key)
        await put(key, content)

    monkeypatch.setattr(shelf.blobs, "put", dies_before_the_record)
    with pytest.raises(KilledError):
        await shelf.assemble(content)
    assert any("debug-ids" in key for key in written)
    assert await shelf.with_debug_id(ID) == []
    assert await shelf.artifacts.find(1) == []
    monkeypatch.undo()
    assert (await shelf.assemble(content)).state == "ok"
    assert len(await shelf.with_debug_id(ID)) == 1


async def test_old_clients_files_are_found_by_url(tmp_path):
    shelf = Shelf(tmp_path)
    headers = {"Sourcemap": "app.min.js.map"}
    made = await shelf.uploads.add_release_file(
        1, "~/app.min.js", b"a()", now=NOW, release="r", dist="7", headers=headers
    )
    (found,) = await shelf.with_url("r", "7", "~/app.min.js")
    assert (found, found.files[0].sourcemap, found.checksum) == (made, "app.min.js.map", sha1(b"a()").hexdigest())


async def test_a_source_map_that_could_never_be_read_is_refused_and_a_larger_built_file_is_not(tmp_path):
    put = Shelf(tmp_path).uploads.add_release_file
    content = b" " * (MAX_BYTES + 1)
    with pytest.raises(UploadRefused, match="source map"):
        await put(1, "~/app.js.map", content, now=NOW, release="shop@1")
    await put(1, "~/app.js", content, now=NOW, release="shop@1")


async def test_recorded_debug_files_have_the_debug_ids_that_the_client_says(tmp_path):
    shelf = Shelf(tmp_path)
    formats = set()
    for sha, content in recorded_chunks("debug_files").items():
        await shelf.chunks.put(sha, content)
    for request in recorded("sentry-cli-3"):
        if request["case"] != "debug_files" or not request["path"].endswith("/difs/assemble/"):
            continue
        for checksum, asked in json.loads(b64decode(request["body_b64"])).items():
            name, chunks = asked["name"], asked["chunks"]
            answer = await shelf.uploads.assemble_debug_file(1, checksum, name, chunks, now=NOW)
            assert (answer.state, answer.detail) == ("ok", "")
            (made,) = answer.artifacts
            assert asked.get("debug_id") in {None, made.objects[0].debug_id}
            formats.add(made.objects[0].format)
    assert formats == {"elf", "sourcebundle", "proguard"}


async def test_a_debug_file_leaves_nothing_behind_wherever_its_upload_is_killed(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    mapping = b"com.shop.Cart -> a.a:\n    int total() -> a\n" * 1000
    checksum = sha1(mapping).hexdigest()
    await shelf.chunks.put(checksum, mapping)
    temporary, seen, put = tmp_path / "tmp", [], shelf.blobs.put
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    async def watched(key, content):
        seen.append(list(temporary.iterdir()))
        await put(key, content)

    monkeypatch.setattr(shelf.blobs, "put", watched)
    answer = await shelf.uploads.assemble_debug_file(1, checksum, "mapping.txt", [checksum], now=NOW)
    assert (answer.state, seen[0]) == ("ok", [])
    assert await shelf.artifacts.content(checksum) == mapping


async def test_a_proguard_mapping_is_known_by_name_and_by_content(tmp_path):
    shelf = Shelf(tmp_path)
    mapping = b"# compiler: R8\ncom.shop.Cart -> a.a:\n    int total() -> a\n"
    named = await shelf.uploads.add_debug_file(1, f"/proguard/{ID}.txt", mapping, now=NOW)
    bare = await shelf.uploads.add_debug_file(1, "mapping.txt", mapping, now=NOW)
    assert (named.debug_id, named.objects[0].format, named.objects[0].cpu_name) == (ID, "proguard", "any")
    assert len(bare.debug_id) == 36
    assert named.id != bare.id
    with pytest.raises(UploadRefused, match="known format"):
        await shelf.uploads.add_debug_file(1, "x.bin", b"\x7fELF nothing", now=NOW)
