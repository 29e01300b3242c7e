"""Debug files and ProGuard mappings: in chunks, or as the ZIP archives of old clients."""

from typing import Any

import msgspec
from starlette.responses import Response

from errata.runtime.metrics import CONSOLE_UPLOADED
from errata.stores.blobs.records import Artifact
from errata_console.answers import ApiError, not_found, reply
from errata_console.assembling import assembly_answer
from errata_console.call import Call
from errata_console.release_changes import Wish
from errata_console.releases import ensure

_MAX_FILES = 1_000
_MAX_FIELDS = 20


class DebugFile(msgspec.Struct, frozen=True, kw_only=True):
    """A debug file to be put together; its debug id is read from the file itself."""

    name: str
    chunks: tuple[str, ...] = ()


class Association(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping that belongs to a release."""

    release_name: str
    proguard_uuid: str


async def assemble(call: Call) -> Response:
    """Make debug files of chunks, or say for each which are missing."""
    wish = await call.body(dict[str, DebugFile])
    if len(wish) > _MAX_FILES:
        raise ApiError(400, f"More than {_MAX_FILES} files")
    project = call.project
    answer = {}
    for checksum, file in wish.items():
        assembly = await call.parts.uploads.assemble_debug_file(
            project.id, checksum, file.name, file.chunks, now=call.parts.clock()
        )
        answer[checksum] = assembly_answer(assembly)
        if assembly.artifacts:
            answer[checksum]["dif"] = _answer(assembly.artifacts[0])
    return reply(answer)


async def upload_archive(call: Call) -> Response:
    """Keep every debug file of a ZIP archive."""
    project = call.project
    limit = call.parts.settings.max_archive_bytes
    added: list[Artifact] = []
    async with call.parts_of_body(max_parts=_MAX_FIELDS, max_part_bytes=limit, max_bytes=limit) as parts:
        async for part in parts:
            if part.name == "file":
                added += await call.parts.uploads.add_debug_archive(project.id, part.content, now=call.parts.clock())
    if not added:
        raise ApiError(400, "An archive with debug files is expected")
    CONSOLE_UPLOADED.labels("debug_file").inc(sum(artifact.size for artifact in added))
    return reply([_answer(artifact) for artifact in added], 201)


async def show_unknown(call: Call) -> Response:
    """Say which of these checksums are no debug file of ours: the client sends those."""
    asked = call.request.query_params.getlist("checksums")[:_MAX_FILES]
    return reply({"missing": await call.parts.artifacts.missing_debug_files(call.project.id, asked)})


async def associate(call: Call) -> Response:
    """Take note that a release has a mapping: the release is there from now on. Events name the mapping by its id."""
    wish = await call.body(Association)
    project = call.project
    if not [one async for one in call.parts.artifacts.by_debug_id(project.id, wish.proguard_uuid)]:
        raise not_found("No ProGuard mapping with this id was uploaded")
    await ensure(call, Wish(version=wish.release_name, projects=(project.id,)))
    return reply({}, 201)


def _answer(artifact: Artifact) -> dict[str, Any]:
    first = artifact.objects[0]
    return {
        "id": artifact.id,
        "uuid": first.debug_id,
        "debugId": first.debug_id,
        "codeId": first.code_id or None,
        "objectName": artifact.name,
        "cpuName": first.cpu_name,
        "symbolType": first.format,
        "sha1": artifact.checksum,
        "size": artifact.size,
        "data": {"type": first.kind or None, "features": first.features},
    }
