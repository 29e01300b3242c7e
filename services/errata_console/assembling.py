"""Chunks put together: artifact bundles, and files of releases in the way of older clients."""

from typing import Any

import msgspec
from starlette.responses import Response

from errata.stores.blobs.uploads import Assembly
from errata_console.answers import ApiError, reply
from errata_console.call import Call
from errata_console.releases import existing


class Bundle(msgspec.Struct, frozen=True, kw_only=True):
    """What `sentry-cli sourcemaps upload` wants put together, and what for."""

    checksum: str
    chunks: tuple[str, ...]
    projects: tuple[str | int, ...]
    version: str | None = None
    dist: str | None = None


class ReleaseBundle(msgspec.Struct, frozen=True, kw_only=True):
    """The same for a release that the path names."""

    checksum: str
    chunks: tuple[str, ...]


def assembly_answer(assembly: Assembly) -> dict[str, Any]:
    """Give what became of an upload; clients want the list of missing chunks even when it is empty."""
    return {
        "state": assembly.state,
        "missingChunks": assembly.missing,
        **({"detail": assembly.detail} if assembly.detail else {}),
    }


async def assemble_bundle(call: Call) -> Response:
    """Make a bundle of the chunks, or say which are missing. The bundle's release need not be known."""
    wish = await call.body(Bundle)
    if not wish.projects:
        raise ApiError(400, "At least one project is needed: it is where events find the upload")
    projects = [project.id for project in call.projects_of(wish.projects)]
    assembly = await call.parts.uploads.assemble_bundle(
        projects,
        wish.checksum,
        wish.chunks,
        now=call.parts.clock(),
        release=wish.version or "",
        dist=wish.dist or "",
    )
    return reply(assembly_answer(assembly))


async def assemble_for_release(call: Call) -> Response:
    """Make a bundle of a release that is known already; it belongs to all its projects."""
    wish = await call.body(ReleaseBundle)
    release = await existing(call)
    assembly = await call.parts.uploads.assemble_bundle(
        release.projects, wish.checksum, wish.chunks, now=call.parts.clock(), release=release.version
    )
    return reply(assembly_answer(assembly))
