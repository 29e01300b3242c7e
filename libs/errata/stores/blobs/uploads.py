"""Uploads: put together, checked, unpacked and made available as artifacts, each whole or not at all.

An upload is put together in a temporary file of this machine and checked there. Then its files' contents are written,
and it is indexed last (`artifacts.py`). A retry after a kill writes the same keys again.
"""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import IO, Literal, NamedTuple

from msgspec.structs import replace

from errata.contracts.debug_ids import debug_id as normal_debug_id
from errata.contracts.times import SECOND
from errata.protocols.artifacts.bundle import (
    MINIFIED_SOURCE,
    SOURCE,
    SOURCE_MAP,
    Bundle,
    Entry,
    UploadRefused,
    open_archive,
    read_member,
)
from errata.stages.symbolicate.map_check import MAX_BYTES as MAX_MAP_BYTES
from errata.stores.blobs import records
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.chunks import ChunkStore, check_sha1
from errata.stores.blobs.debug_objects import objects_of
from errata.stores.blobs.records import Artifact, StoredFile
from errata.stores.blobs.shared_work import SharedWork

# Files of a bundle written at a time: so many, or so many bytes of memory.
_FILES, _BYTES = 8, 32 << 20
# Uploads put together at a time, each in a temporary file and with a few of its files in memory.
_ASSEMBLIES = 4
# A client asks each second until all is well; an artifact made so short a time ago is not written again for that.
_RENEW_AFTER = 60 * SECOND


class Assembly(NamedTuple):
    """What became of an upload in chunks: the answer to an `assemble` call."""

    state: Literal["ok", "not_found", "error"]
    missing: tuple[str, ...] = ()
    """Chunks to upload, with `not_found`."""
    detail: str = ""
    """Why not, for the person who uploads, with `error`."""
    artifacts: tuple[Artifact, ...] = ()
    """With `ok`: one for each project."""


class Uploads:
    """How uploads become artifacts."""

    def __init__(self, chunks: ChunkStore, artifacts: ArtifactStore) -> None:
        self._chunks = chunks
        self._artifacts = artifacts
        self._limits = chunks.limits
        self._gate = asyncio.Semaphore(_ASSEMBLIES)
        self._assembling: SharedWork[Assembly] = SharedWork()

    async def assemble_bundle(
        self,
        projects: Sequence[int],
        checksum: str,
        chunks: Sequence[str],
        *,
        now: int,
        release: str = "",
        dist: str = "",
    ) -> Assembly:
        """Make an artifact bundle of uploaded chunks available to projects. Never raises `UploadRefused`.

        Args:
            projects: their ids; each gets the bundle.
            checksum: the sha1 of the bundle.
            chunks: their sha1s in order.
            now: microseconds since 1970, UTC.
            release: from the request; the manifest's when it is empty.
            dist: likewise.

        """

        async def read(file: IO[bytes], size: int) -> Artifact:
            bundle = await asyncio.to_thread(Bundle, file, self._limits)
            manifest = bundle.manifest
            return Artifact(
                id=made,
                project=0,
                kind=records.BUNDLE,
                checksum=checksum.lower(),
                size=size,
                created_at=now,
                files=tuple(await self._unpacked(bundle)),
                release=release or manifest.release or "",
                dist=dist or manifest.dist or "",
                note=manifest.note or "",
                debug_id=normal_debug_id(manifest.debug_id),
            )

        made = records.artifact_id(records.BUNDLE, checksum.lower(), release, dist)
        return await self._assemble(made, projects, checksum, chunks, now=now, read=read)

    async def assemble_debug_file(
        self, project: int, checksum: str, name: str, chunks: Sequence[str], *, now: int
    ) -> Assembly:
        """Make a debug file of uploaded chunks available to a project; `artifacts[0].objects` says what it holds.

        Args:
            project: its id.
            checksum: the sha1 of the file.
            name: as the client calls it; the same content under another name is another artifact.
            chunks: their sha1s in order.
            now: microseconds since 1970, UTC.

        """

        async def read(file: IO[bytes], _size: int) -> Artifact:
            return await self._debug_file(project, name, file, now)

        made = records.artifact_id(records.DEBUG_FILE, checksum.lower(), name=name)
        return await self._assemble(made, (project,), checksum, chunks, now=now, read=read)

    async def add_release_file(
        self,
        project: int,
        name: str,
        content: bytes,
        *,
        now: int,
        release: str,
        dist: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Artifact:
        """Keep one file of a release, as old clients upload them, in place of an older one of the same name.

        `name` is its URL, such as `~/static/app.min.js`.
        The artifact's `id`, `checksum`, `size` and `files[0]` hold what the client wants to hear.

        Raises:
            UploadRefused: it is too large.

        """
        self._check_size(content)
        file = await self._kept(Entry(type=_type_of(name), url=name, headers=dict(headers or {})), content)
        artifact = Artifact(
            id=records.artifact_id(records.RELEASE_FILE, file.sha1, release, dist, name),
            project=project,
            kind=records.RELEASE_FILE,
            checksum=file.sha1,
            size=file.size,
            created_at=now,
            files=(file,),
            release=release,
            dist=dist,
            name=name,
            debug_id=file.debug_id,
        )
        await self._artifacts.add(artifact)
        async for other in self._artifacts.by_url(project, release, dist, name):
            if other.kind == records.RELEASE_FILE and other.created_at < now:
                await self._artifacts.delete(other)
        return artifact

    async def add_debug_file(self, project: int, name: str, content: bytes, *, now: int) -> Artifact:
        """Keep one debug file.

        Raises:
            UploadRefused: it is too large, or no debug file of a known format.

        """
        self._check_size(content)
        with tempfile.TemporaryFile() as file:
            await asyncio.to_thread(file.write, content)
            artifact = await self._debug_file(project, name, file, now)
        await self._artifacts.add(artifact)
        return artifact

    async def add_debug_archive(self, project: int, archive: IO[bytes], *, now: int) -> list[Artifact]:
        """Keep every debug file of a ZIP archive, as old clients upload them.

        Raises:
            UploadRefused: it is no archive, beyond the limits, or holds something else than debug files.

        """
        opened = await asyncio.to_thread(open_archive, archive, self._limits)
        added = []
        for member in opened.infolist():
            if not member.is_dir():
                content = await asyncio.to_thread(read_member, opened, member, self._limits)
                added.append(await self.add_debug_file(project, member.filename, content, now=now))
        return added

    async def _assemble(
        self,
        made: str,
        projects: Sequence[int],
        checksum: str,
        chunks: Sequence[str],
        *,
        now: int,
        read: Callable[[IO[bytes], int], Awaitable[Artifact]],
    ) -> Assembly:
        """Make an artifact available unless it is; a client that asks again while that is done waits with the first."""

        async def work() -> Assembly:
            async with self._gate:
                with tempfile.TemporaryFile() as file:
                    size = await self._chunks.join(chunks, checksum, file)
                    artifact = await read(file, size)
                artifacts = tuple(replace(artifact, project=project) for project in projects)
                for one in artifacts:
                    await self._artifacts.add(one)
            return Assembly("ok", artifacts=artifacts)

        try:
            check_sha1(checksum)
            known = [artifact for project in projects if (artifact := await self._renewed(project, made, now))]
            if projects and len(known) == len(projects):
                return Assembly("ok", artifacts=tuple(known))
            missing = await self._chunks.missing(chunks)
            if missing or not chunks:
                return Assembly("not_found", tuple(missing))
            return await self._assembling.done((made, tuple(projects)), work)
        except UploadRefused as refusal:
            return Assembly("error", detail=str(refusal))
        except FileNotFoundError:  # a chunk was cleaned away meanwhile
            return Assembly("not_found", tuple(await self._chunks.missing(chunks)))

    async def _renewed(self, project: int, artifact: str, now: int) -> Artifact | None:
        """Give an artifact that was made before, which counts as made now; None when there is none."""
        known = await self._artifacts.get(project, artifact)
        if known is None or now - known.created_at < _RENEW_AFTER:
            return known
        known = replace(known, created_at=now)
        await self._artifacts.add(known)
        return known

    async def _unpacked(self, bundle: Bundle) -> list[StoredFile]:
        files: list[StoredFile] = []
        contents = bundle.files()
        while some := await asyncio.to_thread(_some, contents):
            files += await asyncio.gather(*(self._kept(entry, content) for entry, content in some))
        return files

    async def _debug_file(self, project: int, name: str, file: IO[bytes], now: int) -> Artifact:
        """Keep the content of a debug file of this machine; give its record."""
        objects = await asyncio.to_thread(objects_of, file, name)
        sha1, size = await self._artifacts.keep_file(file)
        first = objects[0]
        return Artifact(
            id=records.artifact_id(records.DEBUG_FILE, sha1, name=name),
            project=project,
            kind=records.DEBUG_FILE,
            checksum=sha1,
            size=size,
            created_at=now,
            files=(StoredFile(url=name, type=first.format, sha1=sha1, size=size, debug_id=first.debug_id),),
            name=name,
            debug_id=first.debug_id,
            objects=objects,
        )

    async def _kept(self, entry: Entry, content: bytes) -> StoredFile:
        if entry.type == SOURCE_MAP and len(content) > MAX_MAP_BYTES:
            raise UploadRefused(f"a source map is larger than {MAX_MAP_BYTES} bytes and could not be read")
        return StoredFile(
            url=entry.url,
            type=entry.type,
            sha1=await self._artifacts.keep(content),
            size=len(content),
            debug_id=entry.debug_id,
            sourcemap=entry.header("sourcemap", "x-sourcemap"),
            headers=entry.headers,
        )

    def _check_size(self, content: bytes) -> None:
        if len(content) > self._limits.member:
            raise UploadRefused(f"a file is larger than {self._limits.member} bytes")


def _some(contents: Iterator[tuple[Entry, bytes]]) -> list[tuple[Entry, bytes]]:
    """Give the next few files."""
    some: list[tuple[Entry, bytes]] = []
    for entry, content in contents:
        some.append((entry, content))
        if len(some) == _FILES or sum(len(content) for _, content in some) >= _BYTES:
            break
    return some


def _type_of(name: str) -> str:
    """Give what kind of file a name stands for; old clients do not say it."""
    path = name.partition("?")[0].lower()
    if path.endswith(".map"):
        return SOURCE_MAP
    return MINIFIED_SOURCE if path.endswith((".js", ".mjs", ".cjs", ".bundle")) else SOURCE
