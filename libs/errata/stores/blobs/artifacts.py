"""Artifacts: what was uploaded, found by debug id or by release and URL, listed, removed.

The index is keys that name artifacts, each with the part of the record that concerns it, and a record for each.
**The record is written last, in one write**: what has no record is not there for anyone, so a process killed in between
leaves nothing that is served.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from hashlib import sha1 as sha1_of
from typing import IO

import msgspec

from errata.contracts.debug_ids import debug_id as normal_debug_id
from errata.protocols.zstd import ZstdError
from errata.runtime import logging
from errata.stores.blobs import packing, records
from errata.stores.blobs.chunks import check_sha1
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.records import Artifact, StoredFile
from errata.stores.blobs.windows import in_windows

# Of an upload at a time, and of a project's records.
_WRITES, _READS = 8, 16
# Uploads that one lookup looks at. The latest is the one as a rule; the others are the same files built again.
_MOST = 20

log = logging.get(__name__)


class ArtifactStore:
    """All artifacts of an installation; `uploads.Uploads` is how they come here."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.is_local = blobs.is_local

    # -- what is there

    async def find(self, project: int, release: str | None = None, kind: str | None = None) -> list[Artifact]:
        """Give a project's artifacts, latest first: of all releases or one, of all kinds or one."""
        found = [
            artifact
            async for artifact in self.all(project)
            if release in {None, artifact.release} and kind in {None, artifact.kind}
        ]
        return sorted(found, key=records.index_name)

    async def all(self, project: int) -> AsyncIterator[Artifact]:
        """Yield a project's artifacts one by one: together they can be large."""
        names = await self._blobs.folders(records.artifacts_folder(project))
        async for found in in_windows((self.get(project, name) for name in names), _READS):
            if found is not None:
                yield found

    async def get(self, project: int, artifact: str) -> Artifact | None:
        """Give an artifact by its id, None when there is none."""
        if not artifact.isalnum():
            return None
        folder = records.record_folder(project, artifact)
        for name in await self._blobs.names(folder):
            found = await self._read(f"{folder}/{name}")
            if found is not None:
                return found
        return None

    async def projects(self) -> list[int]:
        """Give the ids of the projects that have, or had, artifacts."""
        return [int(name) for name in await self._blobs.folders("projects") if name.isdigit()]

    async def revision(self, project: int | None = None) -> str:
        """Give a text that is another one after each change of a project's uploads, or of any project's.

        It is empty while nothing was ever uploaded.
        """
        return (await self._blobs.get(records.revision_key(project)) or b"").decode()

    async def missing_debug_files(self, project: int, checksums: Iterable[str]) -> list[str]:
        """Give those of these sha1s that no debug file of the project has."""
        there = {artifact.checksum async for artifact in self.all(project) if artifact.kind == records.DEBUG_FILE}
        return [checksum for checksum in checksums if checksum.lower() not in there]

    # -- lookups

    async def by_debug_id(self, project: int, debug_id: str) -> AsyncIterator[Artifact]:
        """Yield the artifacts with a debug id, latest first, each with those of its files and objects only."""
        normal = normal_debug_id(debug_id)
        if normal:
            async for found in self._named_in(project, records.debug_id_folder(project, normal)):
                yield found

    async def by_url(self, project: int, release: str, dist: str, url: str) -> AsyncIterator[Artifact]:
        """Yield the artifacts of a release and distribution with exactly this URL, likewise."""
        async for found in self._named_in(project, records.url_folder(project, release, dist, url)):
            yield found

    async def file_beside(self, artifact: Artifact, url: str) -> StoredFile | None:
        """Give the file of an artifact with exactly this URL, None when it has none."""
        folder = records.url_folder(artifact.project, artifact.release, artifact.dist, url)
        found = await self._read(f"{folder}/{records.index_name(artifact)}")
        return found.files[0] if found else None

    async def content(self, sha1: str) -> bytes | None:
        """Give a file's bytes by their sha1, None when they are not there, or damaged."""
        name = check_sha1(sha1)
        packed = await self._blobs.get(records.content_key(name)) or await self._blobs.get(records.removed_key(name))
        try:
            return None if packed is None else await asyncio.to_thread(packing.unpack, packed)
        except ZstdError:
            log.warning("a content is damaged", sha1=name)
            return None

    # -- changes

    async def keep(self, content: bytes) -> str:
        """Write a content; give its sha1. It is written again even when it is there: a sweep spares what is young."""
        sha1 = await asyncio.to_thread(_sha1, content)
        await self._blobs.put(records.content_key(sha1), await asyncio.to_thread(packing.pack, content))
        return sha1

    async def keep_file(self, content: IO[bytes]) -> tuple[str, int]:
        """Write the content of a file of this machine, however large, likewise; give its sha1 and size."""
        packed, sha1, size = await asyncio.to_thread(packing.pack_file, content)
        with packed:
            await self._blobs.put(records.content_key(sha1), packed)
        return sha1, size

    async def add(self, artifact: Artifact) -> None:
        """Make an artifact available: write the keys that lead to it, then its record; then it takes its own place."""
        name = records.index_name(artifact)
        index = records.index_of(artifact)
        writes = (self._blobs.put(f"{folder}/{name}", msgspec.json.encode(part)) for folder, part in index.items())
        async for _ in in_windows(writes, _WRITES):
            pass
        await self._blobs.put(records.record_key(artifact), msgspec.json.encode(artifact))
        await self._remove(artifact, with_itself=False)
        await self.note_change(artifact.project, f"{artifact.id} {artifact.created_at}")

    async def delete(self, artifact: Artifact) -> None:
        """Remove an artifact as it was read; one uploaded again meanwhile stays. Contents go with `retention.clean`."""
        await self._remove(artifact, with_itself=True)
        await self.note_change(artifact.project, f"without {artifact.id} {artifact.created_at}")

    async def delete_release(self, project: int, release: str) -> int:
        """Remove all artifacts of a release; give their number."""
        found = await self.find(project, release=release)
        for artifact in found:
            await self.delete(artifact)
        return len(found)

    async def note_change(self, project: int, what: str) -> None:
        """Let those who remember answers know that they may be others now."""
        await self._blobs.put(records.revision_key(project), what.encode())
        await self._blobs.put(records.revision_key(), f"{project} {what}".encode())

    # -- within

    async def _remove(self, artifact: Artifact, *, with_itself: bool) -> None:
        """Remove what is older than an artifact under its id: records first, so that nobody finds half of one."""
        own = records.record_key(artifact)
        folder = records.record_folder(artifact.project, artifact.id)
        for name in await self._blobs.names(folder):
            key = f"{folder}/{name}"
            if key > own or (key == own and with_itself):
                old = await self._read(key)
                await self._blobs.delete(key)
                index = records.index_of(old) if old else ()
                removals = (self._blobs.delete(f"{path}/{name}-{artifact.id}") for path in index)
                async for _ in in_windows(removals, _WRITES):
                    pass

    async def _named_in(self, project: int, folder: str) -> AsyncIterator[Artifact]:
        """Yield the artifacts that a folder names and that have a record, latest first."""
        for name in (await self._blobs.names(folder))[:_MOST]:
            found = await self._read(f"{folder}/{name}")
            if found is not None and await self._blobs.names(records.record_folder(project, found.id)):
                yield found

    async def _read(self, key: str) -> Artifact | None:
        content = await self._blobs.get(key)
        try:
            return None if content is None else msgspec.json.decode(content, type=Artifact)
        except msgspec.DecodeError:
            log.warning("a record is damaged", key=key)
            return None


def _sha1(content: bytes) -> str:
    return sha1_of(content, usedforsecurity=False).hexdigest()
