"""Code mappings: where the paths of stack traces lie in a repository."""

import msgspec
from starlette.responses import Response

from errata.stores.clickhouse.releases import CodeMapping
from errata_console.answers import reply
from errata_console.call import Call


class Mapping(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One pair of roots."""

    stack_root: str
    source_root: str


class Mappings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What `sentry-cli code-mappings upload` sends."""

    project: str | int
    repository: str
    default_branch: str = ""
    mappings: tuple[Mapping, ...]


async def upload(call: Call) -> Response:
    """Store mappings in place of those with the same stack root."""
    wish = await call.body(Mappings)
    (project,) = call.projects_of((wish.project,))
    known = {mapping.stack_root for mapping in await call.parts.releases.code_mappings(project.id)}
    rows = [
        CodeMapping(
            project=project.id,
            stack_root=mapping.stack_root,
            source_root=mapping.source_root,
            repository=wish.repository,
            default_branch=wish.default_branch,
            revision=call.parts.clock(),
        )
        for mapping in wish.mappings
    ]
    if rows:
        await call.parts.releases.put_code_mappings(rows)
    results = [
        {
            "stackRoot": mapping.stack_root,
            "sourceRoot": mapping.source_root,
            "status": "updated" if mapping.stack_root in known else "created",
        }
        for mapping in wish.mappings
    ]
    updated = sum(result["status"] == "updated" for result in results)
    return reply({"created": len(results) - updated, "updated": updated, "errors": 0, "mappings": results})
