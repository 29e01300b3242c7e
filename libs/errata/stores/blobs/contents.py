"""Contents of uploaded files, with a copy on this machine when the store is far away."""

import asyncio
import hashlib
from contextlib import suppress

from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.records import StoredFile


class Contents:
    """Files to bytes."""

    def __init__(self, store: ArtifactStore, disk: DiskCache) -> None:
        self._store = store
        self._disk = disk

    async def get(self, file: StoredFile) -> bytes | None:
        """Give a file's content, None when it is not there (any more)."""
        if self._store.is_local:
            return await self._store.content(file.sha1)
        name = f"content {file.sha1}"
        content = await asyncio.to_thread(self._checked, name, file.sha1)
        if content is None:
            content = await self._store.content(file.sha1)
            if content is not None:
                with suppress(OSError):  # a full disk costs the next reader a download
                    await asyncio.to_thread(self._disk.put, name, content)
        return content

    def _checked(self, name: str, sha1: str) -> bytes | None:
        """Give the copy on this machine, None when there is none or it is torn, as after a loss of power."""
        with suppress(OSError):
            content = self._disk.get(name)
            if content is not None and hashlib.sha1(content, usedforsecurity=False).hexdigest() == sha1:
                return content
        return None
