"""Bundles as `sentry-cli` makes them, and a store to put them in."""

import gzip
import io
import json
import zipfile
from base64 import b64decode
from email.parser import BytesParser
from hashlib import sha1
from pathlib import Path

import pytest
from tests.data import NO_DATA, RECORDINGS

from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.chunks import ChunkStore
from errata.stores.blobs.connection import connect
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.fetching import Fetcher
from errata.stores.blobs.uploads import Uploads

NOW = 1_790_000_000_000_000
HEADER = b"SYSB\x02\x00\x00\x00"


class Shelf:
    """A blob store in a folder with everything around it."""

    def __init__(self, folder, limits=None, address=None):
        self.folder = Path(folder)
        self.blobs = connect(address or str(self.folder / "blobs"))
        self.chunks = ChunkStore(self.blobs, limits)
        self.artifacts = ArtifactStore(self.blobs)
        self.uploads = Uploads(self.chunks, self.artifacts)

    def fetcher(self, **options):
        options = {"memory_bytes": 64 << 20} | options
        return Fetcher(self.blobs, DiskCache(self.folder / "cache", 64 << 20), **options)

    async def assemble(self, content, projects=(1,), size=1 << 20, now=NOW, **purpose):
        parts = [content[at : at + size] for at in range(0, len(content), size)]
        names = [sha1(part).hexdigest() for part in parts]
        for name, part in zip(names, parts, strict=True):
            await self.chunks.put(name, part)
        return await self.uploads.assemble_bundle(projects, sha1(content).hexdigest(), names, now=now, **purpose)

    async def with_debug_id(self, debug_id, project=1):
        return [one async for one in self.artifacts.by_debug_id(project, debug_id)]

    async def with_url(self, *where, project=1):
        return [one async for one in self.artifacts.by_url(project, *where)]

    async def contents(self):
        """Give the contents of all files of project 1."""
        files = [file for artifact in await self.artifacts.find(1) for file in artifact.files]
        return {await self.artifacts.content(file.sha1) for file in files}

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


def bundle(files, **manifest):
    """Give a bundle of `{url: (type, content, headers)}`."""
    packed = io.BytesIO()
    packed.write(HEADER)
    named = {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (url, (kind, content, headers)) in enumerate(files.items()):
            name = f"files/_/_/{number}"
            named[name] = {"type": kind, "url": url, "headers": headers}
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps({"files": named, **manifest}))
    return packed.getvalue()


def recorded(client):
    """Give the recorded requests of a client; skips when they are not on this machine."""
    path = RECORDINGS / f"{client}.jsonl"
    if not path.exists():
        pytest.skip(NO_DATA)
    return [json.loads(line) for line in path.read_text().splitlines()]


def recorded_chunks(case):
    """Give the chunks that `sentry-cli` 3 uploaded in a recorded case, by their sha1."""
    found = {}
    for request in recorded("sentry-cli-3"):
        if request["case"] != case or request["method"] != "POST" or not request["path"].endswith("/chunk-upload/"):
            continue
        kind = dict(request["headers"])["Content-Type"].encode()
        body = BytesParser().parsebytes(b"Content-Type: " + kind + b"\r\n\r\n" + b64decode(request["body_b64"]))
        for part in body.get_payload():
            found[part.get_filename()] = gzip.decompress(part.get_payload(decode=True))
    return found


def recorded_event(case):
    """Give the event that the browser client sent in a recorded case."""
    for request in recorded("sentry-browser"):
        body = b64decode(request["body_b64"])
        if request["case"] == case and b'"type":"event"' in body:
            return json.loads(body.split(b"\n")[2])
    raise LookupError(case)
