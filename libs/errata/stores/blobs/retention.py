"""What is removed by itself: artifacts by age, contents that no artifact names, chunks left over."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.chunks import ChunkStore
from errata.stores.blobs.connection import Blobs

# An upload under way has written contents that no record names yet; none takes this long.
_UNDER_WAY = timedelta(days=1)


class Removed(NamedTuple):
    """How many of each were removed."""

    artifacts: int
    contents: int
    chunks: int


async def clean(blobs: Blobs, now: int, keep: timedelta, keep_releases: frozenset[str] = frozenset()) -> Removed:
    """Remove what is older than it may be; safe beside uploads, lookups and another cleaner.

    Args:
        blobs: where everything lies.
        now: microseconds since 1970, UTC.
        keep: how long an artifact is kept after it was last uploaded.
        keep_releases: releases whose artifacts are kept however old.

    """
    at = datetime.fromtimestamp(now / 1e6, UTC)
    store = ArtifactStore(blobs)
    oldest = now - int(keep.total_seconds() * 1e6)
    artifacts, named = 0, set[str]()
    for project in await store.projects():
        for artifact in await store.list(project):
            if artifact.created_at < oldest and artifact.release not in keep_releases:
                await store.delete(artifact)
                artifacts += 1
            else:
                named |= {file.sha1 for file in artifact.files}
    contents = [
        blob.key
        async for blob in blobs.all("contents")
        if blob.key.rpartition("/")[2] not in named and at - blob.written_at > _UNDER_WAY
    ]
    for key in contents:
        await blobs.delete(key)
    return Removed(artifacts, len(contents), await ChunkStore(blobs).forget(at))
