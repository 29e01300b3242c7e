"""What is there: the server itself, its one organization, projects, repositories, monitors, logs."""

from starlette.responses import Response

from errata.config.model import Project
from errata.contracts.times import to_datetime
from errata_console.answers import page, reply
from errata_console.call import Call

# The configuration says nothing of when it began; clients want a date all the same.
_ALWAYS = to_datetime(0)


async def info(call: Call) -> Response:
    """Say who calls and what the token allows: `sentry-cli info` and `login`."""
    return reply({"version": "0", "auth": {"scopes": call.token.scopes}, "user": None})


async def organizations(call: Call) -> Response:
    """List the one organization."""
    about = call.organization
    return page(
        [
            {
                "id": "1",
                "slug": about.slug,
                "name": about.name,
                "dateCreated": _ALWAYS,
                "isEarlyAdopter": False,
                "require2FA": False,
                "requireEmailVerification": False,
                "features": [],
                "status": {"id": "active", "name": "active"},
            }
        ],
        call.request.url,
        0,
    )


async def projects(call: Call) -> Response:
    """List the configured projects."""
    found = sorted(call.parts.config.current.projects.values(), key=lambda project: project.id)
    return page([_project(project) for project in found[call.offset :]], call.request.url, call.offset)


async def repositories(call: Call) -> Response:
    """List the configured repositories."""
    found = call.organization.repositories[call.offset :]
    rows = [
        {
            "id": str(number),
            "name": repository.name,
            "url": repository.url or None,
            "provider": {"id": repository.provider, "name": repository.provider},
            "status": "active",
            "dateCreated": _ALWAYS,
        }
        for number, repository in enumerate(found, call.offset + 1)
    ]
    return page(rows, call.request.url, call.offset)


async def monitors(call: Call) -> Response:
    """List no monitors: check-ins are counted as outcomes, not kept."""
    return page([], call.request.url, 0)


async def logs(_call: Call) -> Response:
    """List no logs: Errata keeps errors."""
    return reply({"data": [], "meta": {"fields": {}}})


def _project(project: Project) -> dict[str, object]:
    return {
        "id": str(project.id),
        "slug": project.slug,
        "name": project.name or project.slug,
        "team": None,
        "dateCreated": _ALWAYS,
    }
