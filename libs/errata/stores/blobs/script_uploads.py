"""In which upload a built JavaScript file lies, as people expect it: by debug id, else in the release by URL.

Nothing is read of a file here but what the index says of it.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from errata.protocols.artifacts.bundle import SOURCE_MAP
from errata.stages.symbolicate.artifacts import Need
from errata.stages.symbolicate.urls import candidates, join_paths
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.records import Artifact, StoredFile

Say: TypeAlias = Callable[[str], None]
"""Takes each step in words, for people who ask why."""


class Upload(NamedTuple):
    """Where a file was found."""

    artifact: Artifact
    file: StoredFile | None
    """None when only its map was uploaded."""
    map_file: StoredFile | None = None
    """Known already when it was found by debug id."""


class ScriptUploads:
    """Finds files of JavaScript in the index."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store

    async def by_debug_id(self, need: Need, say: Say) -> Upload | None:
        """Give the files with the need's debug id: of the latest upload that has a map, else of the latest.

        An upload of maps alone leaves the built file to the release: one there that has no other debug id.
        """
        if not need.debug_id:
            say("the event names no debug id for this file")
            return None
        found = None
        async for artifact in self._store.by_debug_id(need.project, need.debug_id):
            map_file = next((file for file in artifact.files if file.type == SOURCE_MAP), None)
            # What is no map is the built file, whatever it is called: old clients guess.
            built = next((file for file in artifact.files if file.type != SOURCE_MAP), None)
            if map_file is not None or (built is not None and found is None):
                found = Upload(artifact, built, map_file)
            if map_file is not None:
                break
        if found is None:
            say(f"debug id {need.debug_id}: no upload has a file with it")
            return None
        say(f"debug id {need.debug_id}: found in artifact {found.artifact.id}")
        if found.file is None:
            built = (await self.in_release(need, need.url, say) or found).file
            if built is not None and built.debug_id in {"", need.debug_id}:
                found = found._replace(file=built)
        return found

    async def in_release(self, need: Need, url: str, say: Say) -> Upload | None:
        """Give a file of the need's release and distribution, under one of the URLs that it may have there."""
        if not need.release:
            say("the event has no release to look in")
            return None
        for candidate in candidates(url):
            async for artifact in self._store.by_url(need.project, need.release, need.dist, candidate):
                say(f"{candidate}: found in artifact {artifact.id} of the release")
                return Upload(artifact, artifact.files[0])
            say(f"{candidate}: not in release {need.release!r}, dist {need.dist!r}")
        return None

    async def beside_debug_id(self, need: Need, say: Say) -> Upload | None:
        """Give a file, under one of the URLs that it may have, of an upload that has the need's debug id."""
        if not need.debug_id:
            return None
        async for artifact in self._store.by_debug_id(need.project, need.debug_id):
            for candidate in candidates(need.url):
                file = await self._store.file_beside(artifact, candidate)
                if file is not None:
                    say(f"{candidate}: found in artifact {artifact.id}")
                    return Upload(artifact, file)
        return None

    async def named_map(self, need: Need, upload: Upload, reference: str, say: Say) -> StoredFile | None:
        """Give the map that a built file names: of the same upload, else of the release."""
        beside = join_paths(upload.file.url, reference) if upload.file else ""
        file = await self._store.file_beside(upload.artifact, beside)
        if file is not None:
            say(f"{beside}: found beside it")
            return file
        found = await self.in_release(need, join_paths(need.url, reference), say)
        return found.file if found else None
