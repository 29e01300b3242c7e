"""What is removed by itself: artifacts by age and release, what nothing leads to any more, what killed writers left.

Safe beside uploads, lookups and another cleaner. An artifact is removed as it was read: uploaded again meanwhile, it
has other keys. A content that no artifact names is put aside first, where it is still read; it comes back when an
artifact names it by the next time, and is deleted a day later.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from errata.stores.blobs import records
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.chunks import ChunkStore
from errata.stores.blobs.connection import Blobs
from errata.stores.blobs.records import Artifact

# An upload under way has written contents and keys that no record names yet; none takes this long.
_UNDER_WAY = timedelta(days=1)


class Keep(NamedTuple):
    """What is kept."""

    artifacts: timedelta
    """An artifact, after it was last uploaded."""
    releases: int
    """Of each project the artifacts of so many releases, those uploaded to last, however old."""
    chunks: timedelta
    """A part of an upload, whether the upload was finished or not."""


class Removed(NamedTuple):
    """How many of each were removed."""

    artifacts: int = 0
    keys: int = 0
    """Of the index, that led to no artifact."""
    contents: int = 0
    """Put aside, since no artifact names them."""
    chunks: int = 0
    leftovers: int = 0
    """Files that killed writers left."""


async def clean(blobs: Blobs, now: int, keep: Keep) -> Removed:
    """Remove what need not be kept.

    Args:
        blobs: where everything lies.
        now: microseconds since 1970, UTC.
        keep: what is kept.

    """
    at = datetime.fromtimestamp(now / 1e6, UTC)
    store = ArtifactStore(blobs)
    artifacts = keys = 0
    named: set[str] = set()
    for project in await store.projects():
        live, expired = await _sorted(store, project, now, keep, named)
        for artifact in expired:
            await store.delete(artifact)
        artifacts += len(expired)
        keys += await _sweep_index(blobs, project, live, at - _UNDER_WAY)
    return Removed(
        artifacts,
        keys,
        await _sweep_contents(blobs, named, at - _UNDER_WAY),
        await ChunkStore(blobs).forget(at, keep.chunks),
        await blobs.clear_leftovers(at - _UNDER_WAY),
    )


async def _sorted(
    store: ArtifactStore, project: int, now: int, keep: Keep, named: set[str]
) -> tuple[set[str], list[Artifact]]:
    """Give the names of a project's artifacts in the index, and those artifacts to remove; add what the others name."""
    oldest = now - int(keep.artifacts.total_seconds() * 1e6)
    live: set[str] = set()
    last_upload: defaultdict[str, int] = defaultdict(int)
    old: list[Artifact] = []
    async for artifact in store.all(project):
        live.add(records.index_name(artifact))
        last_upload[artifact.release] = max(last_upload[artifact.release], artifact.created_at)
        if artifact.created_at < oldest:
            old.append(artifact)
        else:
            named |= _contents_of(artifact)
    last_upload.pop("", None)
    kept = sorted(last_upload, key=lambda release: last_upload[release], reverse=True)[: keep.releases]
    for artifact in old:
        if artifact.release in kept:
            named |= _contents_of(artifact)
    return live, [artifact for artifact in old if artifact.release not in kept]


async def _sweep_index(blobs: Blobs, project: int, live: set[str], before: datetime) -> int:
    """Remove keys of the index that lead to no artifact: their upload, or its removal, was killed."""
    swept = 0
    for folder in records.index_folders(project):
        async for blob in blobs.all(folder):
            if blob.written_at < before and blob.key.rpartition("/")[2] not in live:
                await blobs.delete(blob.key)
                swept += 1
    return swept


async def _sweep_contents(blobs: Blobs, named: set[str], before: datetime) -> int:
    """Put aside contents that no artifact names; bring back, or delete, those that were put aside earlier."""
    async for blob in blobs.all("removed"):
        sha1 = blob.key.rpartition("/")[2]
        if sha1 in named:
            await blobs.move(blob.key, records.content_key(sha1))
        elif blob.written_at < before:
            await blobs.delete(blob.key)
    put_aside = 0
    async for blob in blobs.all("contents"):
        sha1 = blob.key.rpartition("/")[2]
        if blob.written_at < before and sha1 not in named:
            await blobs.move(blob.key, records.removed_key(sha1))
            put_aside += 1
    return put_aside


def _contents_of(artifact: Artifact) -> set[str]:
    return {file.sha1 for file in artifact.files}
