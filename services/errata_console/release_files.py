"""Files of a release one by one, as clients send them that know no bundles."""

from starlette.responses import Response

from errata.contracts.times import to_datetime
from errata.runtime.metrics import CONSOLE_UPLOADED
from errata.stores.blobs.records import RELEASE_FILE, Artifact
from errata_console.answers import PAGE, ApiError, not_found, nothing, page, reply
from errata_console.call import Call

_MAX_FIELDS = 20
_MAX_NAME = 1_000


async def show_all(call: Call) -> Response:
    """List the files of a release; clients leave out what is there already."""
    files = await call.parts.artifacts.find(call.project.id, release=call.version, kind=RELEASE_FILE)
    rows = files[call.offset : call.offset + PAGE + 1]
    return page([_answer(file) for file in rows], call.request.url, call.offset)


async def upload(call: Call) -> Response:
    """Keep one file with its name, distribution and headers; under a known name it takes the older one's place."""
    project = call.project
    limit = call.parts.settings.max_single_file_bytes
    content: bytes | None = None
    fields = {"name": "", "dist": ""}
    headers: dict[str, str] = {}
    async with call.parts_of_body(max_parts=_MAX_FIELDS, max_part_bytes=limit, max_bytes=limit) as parts:
        async for part in parts:
            if part.name == "file":
                content = part.bytes()
                fields["name"] = fields["name"] or part.filename
            elif part.name == "header":
                key, _, value = part.text().partition(":")
                headers[key.strip()] = value.strip()
            elif part.name in fields:
                fields[part.name] = part.text()
        if content is None or not fields["name"] or len(fields["name"]) > _MAX_NAME:
            raise ApiError(400, "A file with a name is expected")
        artifact = await call.parts.uploads.add_release_file(
            project.id,
            fields["name"],
            content,
            now=call.parts.clock(),
            release=call.version,
            dist=fields["dist"],
            headers=headers,
        )
    CONSOLE_UPLOADED.labels("release_file").inc(len(content))
    return reply(_answer(artifact), 201)


async def delete(call: Call) -> Response:
    """Remove one file of a release."""
    artifact = await call.parts.artifacts.get(call.project.id, call.request.path_params["file"])
    if artifact is None or artifact.release != call.version or artifact.kind != RELEASE_FILE:
        raise not_found()
    await call.parts.artifacts.delete(artifact)
    return nothing()


def _answer(artifact: Artifact) -> dict[str, object]:
    return {
        "id": artifact.id,
        "name": artifact.name,
        "dist": artifact.dist or None,
        "sha1": artifact.checksum,
        "size": artifact.size,
        "headers": artifact.files[0].headers,
        "dateCreated": to_datetime(artifact.created_at),
    }
