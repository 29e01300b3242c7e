"""Releases: new, info, list, finalize, archive, set-commits, delete.

Old clients name a project in the path, new ones the organization only; a release belongs to the organization either
way, and to every project that anyone ever named with it.
"""

import uuid
from collections.abc import Sequence

from starlette.responses import Response

from errata.stores.clickhouse.releases import Release
from errata_console.answers import PAGE, ApiError, not_found, nothing, page, reply
from errata_console.call import Call
from errata_console.release_answers import commit_answer, release_answer
from errata_console.release_changes import (
    Wish,
    changed,
    check_version,
    created,
    deleted,
    wished_commits,
)

_CREATED = 201
_EXISTED = 208


async def show_all(call: Call) -> Response:
    """List releases, newest first."""
    project = call.scoped_project
    found = await call.parts.releases.page(project.id if project else 0, PAGE + 1, call.offset)
    return page(await _shown(call, found), call.request.url, call.offset)


async def create(call: Call) -> Response:
    """Make a release, or change the one that is there: 201 or 208, both are success."""
    release, was_there = await ensure(call, await call.body(Wish))
    return reply(release_answer(release, call.parts.config.current.projects), _EXISTED if was_there else _CREATED)


async def show(call: Call) -> Response:
    """Show one release."""
    return reply((await _shown(call, [await existing(call)]))[0])


async def change(call: Call) -> Response:
    """Change a release: finalize it, say what it consists of."""
    wish = await call.body(Wish)
    async with call.parts.changing_releases:
        release = await _store(call, await existing(call), wish, _wished_projects(call, wish))
    return reply(release_answer(release, call.parts.config.current.projects))


async def delete(call: Call) -> Response:
    """Remove a release with what was uploaded for it; its events stay."""
    for project in (await existing(call)).projects:
        await call.parts.artifacts.delete_release(project, call.version)
    async with call.parts.changing_releases:
        release = await existing(call)
        await call.parts.releases.put(deleted(release, call.parts.clock()))
    return nothing()


async def show_commits(call: Call) -> Response:
    """List the commits of a release, newest first."""
    release = await existing(call)
    commits = await call.parts.releases.commits(release, PAGE + 1, call.offset)
    return page([commit_answer(commit) for commit in commits], call.request.url, call.offset)


async def show_previous(call: Call) -> Response:
    """Show the release before this one whose commits are known: a client sends what came since. `{}` when none is."""
    previous = await call.parts.releases.last_with_commits(await existing(call))
    return reply(release_answer(previous, call.parts.config.current.projects) if previous else {})


async def existing(call: Call) -> Release:
    """Give the release that the path names; raises `ApiError` when there is none."""
    release = await call.parts.releases.get(call.version)
    project = call.scoped_project
    if release is None or (project is not None and project.id not in release.projects):
        raise not_found()
    return release


async def ensure(call: Call, wish: Wish) -> tuple[Release, bool]:
    """Give a release as wished for, stored, and whether it was there before."""
    version = check_version(wish.version)
    projects = _wished_projects(call, wish)
    async with call.parts.changing_releases:
        found = await call.parts.releases.get(version)
        if found is None and not projects:
            raise ApiError(400, "A new release needs at least one project")
        release = found or created(version, projects, uuid.uuid4().hex, call.parts.clock())
        return await _store(call, release, wish, projects), found is not None


def _wished_projects(call: Call, wish: Wish) -> list[int]:
    scoped = call.scoped_project
    return [project.id for project in (*call.projects_of(wish.projects), *([scoped] if scoped else []))]


async def _store(call: Call, release: Release, wish: Wish, projects: list[int]) -> Release:
    commits = wished_commits(wish)
    release = changed(release, wish, projects, call.parts.clock())
    if commits is not None:
        return await call.parts.releases.put_commits(release, commits)
    await call.parts.releases.put(release)
    return release


async def _shown(call: Call, releases: Sequence[Release]) -> list[dict[str, object]]:
    seen = await call.parts.releases.seen([release.version for release in releases])
    projects = call.parts.config.current.projects
    return [release_answer(release, projects, seen.get(release.version)) for release in releases]
