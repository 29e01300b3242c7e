"""Artifacts: what was uploaded, found by debug id or by release and URL, listed, removed.

The index is empty keys that name artifacts, and a record for each. **The record is written last, in one write**: what
has no record is not there for anyone, so a process killed in between leaves nothing that is served.
"""

import asyncio
import builtins
from collections.abc import AsyncIterator, Iterable
from hashlib import sha1 as sha1_of

import msgspec

from errata.contracts.debug_ids import debug_id as normal_debug_id
from errata.stores.blobs import packing, records
from errata.stores.blobs.chunks import check_sha1
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.records import Artifact

# Of an upload at a time.
_WRITES = 8


class ArtifactStore:
    """All artifacts of an installation; `uploads.Uploads` is how they come here."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self.is_local = blobs.is_local

    # -- what is there

    async def list(self, project: int, release: str | None = None, kind: str | None = None) -> builtins.list[Artifact]:
        """Give a project's artifacts, latest first: of all releases or one, of all kinds or one."""
        found = [
            artifact
            async for artifact in self._records(project)
            if release in {None, artifact.release} and kind in {None, artifact.kind}
        ]
        return sorted(found, key=lambda artifact: artifact.created_at, reverse=True)

    async def get(self, project: int, artifact: str) -> Artifact | None:
        """Give an artifact by its id, None when there is none."""
        if not artifact.isalnum():
            return None
        record = await self._blobs.get(f"{records.artifacts_folder(project)}/{artifact}")
        return None if record is None else msgspec.json.decode(record, type=Artifact)

    async def missing_debug_files(self, project: int, checksums: Iterable[str]) -> builtins.list[str]:
        """Give those of these sha1s that no debug file of the project has."""
        there = {artifact.checksum for artifact in await self.list(project, kind=records.DEBUG_FILE)}
        return [checksum for checksum in checksums if checksum.lower() not in there]

    async def content(self, sha1: str) -> bytes | None:
        """Give a file's bytes by their sha1, None when they are not there."""
        packed = await self._blobs.get(records.content_key(check_sha1(sha1)))
        return None if packed is None else await asyncio.to_thread(packing.unpack, packed)

    # -- lookups

    async def by_debug_id(self, project: int, debug_id: str) -> builtins.list[Artifact]:
        """Give the artifacts that hold files or objects with a debug id, latest first."""
        normal = normal_debug_id(debug_id)
        return await self._named_in(project, records.debug_id_folder(project, normal)) if normal else []

    async def by_url(self, project: int, release: str, dist: str, url: str) -> builtins.list[Artifact]:
        """Give the artifacts of a release and distribution that hold a file with exactly this URL, latest first."""
        return await self._named_in(project, records.url_folder(project, release, dist, url))

    async def has_any(self, project: int) -> bool:
        """Tell whether anything was ever uploaded for a project."""
        async for _ in self._blobs.all(records.artifacts_folder(project), at_once=1):
            return True
        return False

    # -- removal

    async def delete(self, artifact: Artifact) -> None:
        """Remove an artifact: its record first, so that nobody finds half of it. Contents go with `retention.clean`."""
        await self._blobs.delete(f"{records.artifacts_folder(artifact.project)}/{artifact.id}")
        for folder in records.folders_of(artifact):
            await self._blobs.delete(f"{folder}/{artifact.id}")

    async def delete_release(self, project: int, release: str) -> int:
        """Remove all artifacts of a release; give their number."""
        found = await self.list(project, release=release)
        for artifact in found:
            await self.delete(artifact)
        return len(found)

    async def projects(self) -> builtins.list[int]:
        """Give the ids of the projects that have artifacts."""
        return [int(name) for name in await self._blobs.folders("projects") if name.isdigit()]

    # -- what uploads are made of

    async def keep(self, content: bytes) -> str:
        """Write a content; give its sha1. It is written anew even when it is there: a sweep spares what is young."""
        sha1 = await asyncio.to_thread(_sha1, content)
        await self._blobs.put(records.content_key(sha1), await asyncio.to_thread(packing.pack, content))
        return sha1

    async def add(self, artifact: Artifact) -> None:
        """Make an artifact available: write the keys that lead to it, then its record."""
        gate = asyncio.Semaphore(_WRITES)

        async def lead(folder: str) -> None:
            async with gate:
                await self._blobs.put(f"{folder}/{artifact.id}", b"")

        await asyncio.gather(*map(lead, records.folders_of(artifact)))
        await self._blobs.put(
            f"{records.artifacts_folder(artifact.project)}/{artifact.id}", msgspec.json.encode(artifact)
        )

    async def _named_in(self, project: int, folder: str) -> builtins.list[Artifact]:
        """Give the artifacts that a folder names and that have a record, latest first."""
        found = await asyncio.gather(*(self.get(project, name) for name in await self._blobs.names(folder)))
        return sorted(filter(None, found), key=lambda artifact: artifact.created_at, reverse=True)

    async def _records(self, project: int) -> AsyncIterator[Artifact]:
        for name in await self._blobs.names(records.artifacts_folder(project)):
            artifact = await self.get(project, name)
            if artifact is not None:
                yield artifact


def _sha1(content: bytes) -> str:
    return sha1_of(content, usedforsecurity=False).hexdigest()
