"""Uploads: chunks are checked as they come, cut ones resumed, and a console killed while assembling serves no half."""

import contextlib
import gzip
import io
import json
import os
import signal
import socket
import threading
import time
import zipfile
from hashlib import sha1

import httpx2
import pytest
from tests.services.errata_console.running import TOKEN, RunningConsole

pytestmark = pytest.mark.stack

CHUNK = 64 * 1024


@pytest.fixture(scope="module")
def console(database, tmp_path_factory):
    running = RunningConsole(
        tmp_path_factory.mktemp("console"), database, chunk_bytes=CHUNK, chunks_per_request=8, max_upload_bytes=600_000
    )
    running.start()
    yield running
    running.kill()


def digest(content: bytes) -> str:
    return sha1(content, usedforsecurity=False).hexdigest()


def part(name: str, filename: str, content: bytes) -> tuple[str, tuple[str, bytes, str]]:
    return name, (filename, content, "application/octet-stream")


def send(console: RunningConsole, *parts) -> httpx2.Response:
    return console.http.post(console.org("chunk-upload/"), files=list(parts))


def missing(console: RunningConsole, content: bytes) -> list[str]:
    wish = {"checksum": digest(content), "chunks": [digest(content)], "projects": ["web"]}
    return console.http.post(console.org("artifactbundle/assemble/"), json=wish).json()["missingChunks"]


def bundle(files: int, note: str) -> bytes:
    """Give an artifact bundle; its contents do not repeat and do not compress."""
    manifest = {"files": {}, "note": note}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            name = f"files/_/_/{number}.js"
            manifest["files"][name] = {"type": "minified_source", "url": f"~/{number}.js", "headers": {}}
            archive.writestr(name, f"// {note} {number}\n".encode() + digest(f"{note}{number}".encode()).encode() * 40)
        archive.writestr("manifest.json", json.dumps(manifest))
    return b"SYSB\x02\x00\x00\x00" + packed.getvalue()


def upload(console: RunningConsole, content: bytes) -> list[str]:
    """Send a file in chunks; give their names."""
    chunks = [content[start : start + CHUNK] for start in range(0, len(content), CHUNK)]
    for start in range(0, len(chunks), 8):
        parts = [part("file_gzip", digest(chunk), gzip.compress(chunk, 1)) for chunk in chunks[start : start + 8]]
        assert send(console, *parts).status_code == 200
    return [digest(chunk) for chunk in chunks]


@pytest.mark.parametrize(
    ("client", "has_host"),
    [("sentry-cli/2.58.6", False), ("sentry-cli/3.8.2", False), ("sentry-cli/0.49.0 (linux-x64) node/20.20.2", True)],
)
def test_where_to_send_chunks_has_a_host_for_clients_that_want_one(console, client, has_host) -> None:
    answer = console.http.get(console.org("chunk-upload/"), headers={"User-Agent": client})
    path = console.org("chunk-upload/")
    assert answer.json()["url"] == (console.url + path if has_host else path)


def test_chunks_are_taken_plain_and_compressed_and_are_known_from_then_on(console) -> None:
    plain, packed = b"plain" * 100, b"packed" * 100
    assert missing(console, plain) == [digest(plain)]
    answer = send(console, part("file", digest(plain), plain), part("file_gzip", digest(packed), gzip.compress(packed)))
    assert answer.status_code == 200
    assert missing(console, plain) == []
    assert missing(console, packed) == []


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([part("file", digest(b"x"), b"another")], 400),
        ([part("file", "../../etc/passwd", b"x")], 400),
        ([part("file_gzip", digest(b"x"), b"not gzip")], 400),
        ([part("file_gzip", digest(b"cut" * 50), gzip.compress(b"cut" * 50)[:-9])], 400),
        ([part("file_gzip", digest(b"bomb"), gzip.compress(bytes(50_000_000)))], 413),
        ([part("else", digest(b"x"), b"x")], 400),
        ([part("file", digest(b"a"), b"a")] * 9, 413),
        ([part("file", digest(bytes(CHUNK * 3)), bytes(CHUNK * 3))], 413),
        ([part("file", digest(bytes(CHUNK)), bytes(CHUNK))] * 11, 413),
    ],
    ids="checksum path no-gzip cut-gzip bomb name many-parts large-chunk large-request".split(),
)
def test_what_is_no_chunk_is_refused_in_words(console, parts, status) -> None:
    answer = send(console, *parts)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_an_upload_cut_in_the_middle_keeps_what_came_whole_and_is_resumed(console) -> None:
    first, second = b"first" * 1000, b"second" * 1000
    request = httpx2.Request(
        "POST",
        console.url + console.org("chunk-upload/"),
        files=[part("file", digest(first), first), part("file", digest(second), second)],
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    body = request.read()
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection(("127.0.0.1", console.port)) as client:
        client.sendall(f"POST {request.url.path} HTTP/1.1\r\n{head}\r\n".encode() + body[: body.index(second) + 100])
    deadline = time.monotonic() + 10
    while missing(console, first):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert missing(console, second) == [digest(second)]
    assert send(console, part("file", digest(second), second)).status_code == 200
    assert missing(console, second) == []


def test_a_bundle_whose_chunks_do_not_make_its_checksum_is_an_error_with_its_reason(console) -> None:
    content = b"no bundle at all"
    assert send(console, part("file", digest(content), content)).status_code == 200
    wish = {"checksum": digest(b"another"), "chunks": [digest(content)], "projects": ["web"]}
    answer = console.http.post(console.org("artifactbundle/assemble/"), json=wish).json()
    assert (answer["state"], answer["missingChunks"]) == ("error", [])
    assert "checksum" in answer["detail"]


def test_a_console_killed_while_it_assembles_serves_nothing_half_and_the_retry_succeeds(console) -> None:
    content = bundle(400, "killed")
    chunks = upload(console, content)
    wish = {"checksum": digest(content), "chunks": chunks, "projects": ["web"], "version": "k@1"}
    blobs = console.folder / "blobs"

    def contents() -> int:
        # What was being written when the console was killed has another name, under which nobody looks.
        return sum(len(path.name) == 40 for path in (blobs / "contents").rglob("*"))

    def ask() -> None:
        with contextlib.suppress(httpx2.TransportError):
            console.http.post(console.org("artifactbundle/assemble/"), json=wish)

    before = contents()
    asking = threading.Thread(target=ask)
    asking.start()
    deadline = time.monotonic() + 20
    while contents() < before + 20:  # some files are written, hundreds are not
        assert time.monotonic() < deadline
    console.process.send_signal(signal.SIGKILL)
    console.process.wait()
    asking.join()
    written = contents()
    assert before < written < before + 400
    records = [path for path in (blobs / "projects").rglob("artifacts/*") if path.is_file()]
    assert not [path for path in records if b"k@1" in path.read_bytes()]
    console.start()
    answer = console.http.post(console.org("artifactbundle/assemble/"), json=wish).json()
    assert (answer["state"], answer["missingChunks"]) == ("ok", [])
    assert contents() == before + 400


def test_a_release_file_is_kept_listed_and_removed(console) -> None:
    files = {"file": ("app.min.js", b"x();", "application/octet-stream")}
    fields = {"name": "~/static/app.min.js", "dist": "7", "header": "Sourcemap:app.min.js.map"}
    answer = console.http.post(console.project("releases/f@1/files/"), files=files, data=fields)
    assert answer.status_code == 201
    kept = answer.json()
    assert (kept["name"], kept["dist"], kept["sha1"], kept["size"]) == (fields["name"], "7", digest(b"x();"), 4)
    assert kept["headers"] == {"Sourcemap": "app.min.js.map"}
    path = console.project("releases/f@1/files/")
    assert [file["id"] for file in console.http.get(path).json()] == [kept["id"]]
    assert console.http.delete(f"{path}{kept['id']}/").status_code == 204
    assert console.http.get(path).json() == []


def test_under_a_known_name_a_release_file_takes_the_older_ones_place(console) -> None:
    path = console.project("releases/n@1/files/")
    for content, dist in ((b"old", ""), (b"of a dist", "7"), (b"new", "")):
        fields = {"name": "~/app.js", "dist": dist}
        answer = console.http.post(path, files={"file": ("app.js", content)}, data=fields)
        assert answer.status_code == 201
    assert {(file["dist"], file["sha1"]) for file in console.http.get(path).json()} == {
        ("7", digest(b"of a dist")),
        (None, digest(b"new")),
    }


def test_a_deleted_release_takes_its_uploads_with_it(console) -> None:
    for version in ("gone@1", "stays@1"):
        console.http.post(console.org("releases/"), json={"version": version, "projects": ["web"]})
        path = console.project(f"releases/{version}/files/")
        console.http.post(path, files={"file": ("app.js", b"x")}, data={"name": "~/app.js"})
    assert console.http.delete(console.org("releases/gone@1/")).status_code == 204
    assert console.http.get(console.project("releases/gone@1/files/")).json() == []
    assert len(console.http.get(console.project("releases/stays@1/files/")).json()) == 1


def test_an_upload_for_no_project_is_refused(console) -> None:
    wish = {"checksum": digest(b"x"), "chunks": [digest(b"x")], "projects": []}
    answer = console.http.post(console.org("artifactbundle/assemble/"), json=wish)
    assert (answer.status_code, "project" in answer.json()["detail"]) == (400, True)


def test_what_need_not_be_kept_goes_by_itself(console, database, tmp_path) -> None:
    other = RunningConsole(tmp_path, database, clean_hours=0.00003, artifact_days=1, artifact_releases=1)
    other.start()
    old, kept = (tmp_path / "blobs/chunks/aa" / (f"{letter}" * 40) for letter in "ab")
    old.parent.mkdir(parents=True)
    for path in (old, kept):
        path.write_bytes(b"")
    os.utime(old, (0, 0))
    deadline = time.monotonic() + 20
    while old.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert kept.exists()
    assert other.stop() == 0
    other.http.close()


def test_an_archive_without_debug_files_is_refused_at_once(console) -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    for content in (empty.getvalue(), b"no zip"):
        answer = console.http.post(console.project("files/dsyms/"), files={"file": ("a.zip", content)})
        assert answer.status_code == 400
        assert answer.json()["detail"]
