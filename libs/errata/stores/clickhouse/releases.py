"""Releases, their commits and deploys: written by one call, read by the next.

Every write is one insert of whole rows that can be sent again without harm, so it is there or not, and the insert is
acknowledged only when the rows can be read.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec

from errata.stores.clickhouse.client import ClickHouse

Status = Literal["open", "archived"]
RowT = TypeVar("RowT", bound=msgspec.Struct)


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `releases`."""

    version: str
    id: str
    projects: tuple[int, ...]
    status: Status = "open"
    url: str = ""
    ref: str = ""
    date_created: datetime
    date_started: datetime | None = None
    date_released: datetime | None = None
    commit_set: int = 0
    commit_count: int = 0
    last_commit: str = ""
    revision: int
    deleted: bool = False


class ChangedFile(msgspec.Struct, frozen=True):
    """A file that a commit changed; type is A (added), M (modified) or D (deleted)."""

    path: str
    type: str


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit of a release."""

    id: str
    repository: str = ""
    author_name: str = ""
    author_email: str = ""
    message: str = ""
    committed_at: datetime | None = None
    files: tuple[ChangedFile, ...] = ()


class Deploy(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `deploys`."""

    release_id: str
    id: str
    environment: str
    name: str = ""
    url: str = ""
    date_started: datetime | None = None
    date_finished: datetime


class CodeMapping(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `code_mappings`: where paths that begin with `stack_root` lie in a repository."""

    project: int
    stack_root: str
    source_root: str
    repository: str
    default_branch: str
    revision: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What events say of a release."""

    first_event: datetime
    last_event: datetime
    new_issues: int = 0


class Releases:
    """The tables of releases. Changing one is read, decide, put: callers in one process do it under a lock."""

    def __init__(self, clickhouse: ClickHouse) -> None:
        self._clickhouse = clickhouse

    async def get(self, version: str) -> Release | None:
        """Give a release; None when there is none or it was deleted. Raises `Away` or `Refused`, as all of these."""
        found = await self._read(Release, "releases FINAL WHERE version = {version:String}", {"version": version})
        return found[0] if found else None

    async def page(self, project: int, limit: int, offset: int) -> list[Release]:
        """Give releases of a project (0: of any), newest first."""
        where = "releases FINAL WHERE {project:UInt64} = 0 OR has(projects, {project:UInt64})"
        order = "ORDER BY date_created DESC, version LIMIT {limit:UInt32} OFFSET {offset:UInt32}"
        return await self._read(Release, f"{where} {order}", {"project": project, "limit": limit, "offset": offset})

    async def put(self, release: Release) -> None:
        """Store a release in place of its last revision."""
        await self._write("releases", [release])

    async def last_with_commits(self, before: Release) -> Release | None:
        """Give the newest release with commits that is older than this one and shares a project with it."""
        found = await self._read(
            Release,
            "releases FINAL WHERE version != {version:String} AND commit_count > 0"
            " AND date_created <= {created:DateTime64(6, 'UTC')} AND hasAny(projects, {projects:Array(UInt64)})"
            " ORDER BY date_created DESC LIMIT 1",
            {"version": before.version, "created": before.date_created, "projects": list(before.projects)},
        )
        return found[0] if found else None

    async def put_commits(self, release: Release, commits: Sequence[Commit]) -> Release:
        """Store what a release consists of now, newest first; give the release that points at it, stored too.

        The set is called after the release's revision, which is a new one.
        """
        place = {"release_id": release.id, "commit_set": release.revision}
        rows = [
            {**place, "position": position, **msgspec.to_builtins(commit)} for position, commit in enumerate(commits)
        ]
        if rows:
            await self._write("commits", rows)
        changed = msgspec.structs.replace(
            release,
            commit_set=release.revision if commits else 0,
            commit_count=len(commits),
            last_commit=commits[0].id if commits else "",
        )
        await self.put(changed)
        return changed

    async def commits(self, release: Release, limit: int, offset: int) -> list[Commit]:
        """Give the commits of a release, newest first."""
        return await self._read(
            Commit,
            "commits FINAL WHERE release_id = {id:String} AND commit_set = {set:UInt64}"
            " ORDER BY position LIMIT {limit:UInt32} OFFSET {offset:UInt32}",
            {"id": release.id, "set": release.commit_set, "limit": limit, "offset": offset},
        )

    async def put_deploy(self, deploy: Deploy) -> None:
        """Store a deploy."""
        await self._write("deploys", [deploy])

    async def deploys(self, release: Release, limit: int, offset: int) -> list[Deploy]:
        """Give the deploys of a release, latest first."""
        return await self._read(
            Deploy,
            "deploys FINAL WHERE release_id = {id:String}"
            " ORDER BY date_finished DESC, id LIMIT {limit:UInt32} OFFSET {offset:UInt32}",
            {"id": release.id, "limit": limit, "offset": offset},
        )

    async def put_code_mappings(self, mappings: Sequence[CodeMapping]) -> None:
        """Store code mappings in place of those with the same project and stack root."""
        await self._write("code_mappings", mappings)

    async def code_mappings(self, project: int) -> list[CodeMapping]:
        """Give the code mappings of a project."""
        return await self._read(
            CodeMapping,
            "code_mappings FINAL WHERE project = {project:UInt64} ORDER BY stack_root",
            {"project": project},
        )

    async def seen(self, versions: Sequence[str]) -> dict[str, Seen]:
        """Give what events and issues say of releases, by version; those never seen are left out."""
        parameters = {"versions": list(versions)}
        # Answered from the projections of `events`, which hold these bounds by release.
        events = await self._clickhouse.rows(
            "SELECT release, min(received_at), max(received_at) FROM events"
            " WHERE release IN {versions:Array(String)} GROUP BY release",
            parameters,
        )
        issues = await self._clickhouse.rows(
            "SELECT first_release, count() FROM issue_list WHERE first_release IN {versions:Array(String)} GROUP BY 1",
            parameters,
        )
        new = dict(map(tuple, issues))
        return {
            version: Seen(first_event=first, last_event=last, new_issues=new.get(version, 0))
            for version, first, last in events
        }

    async def in_events(self, project: int, limit: int) -> dict[str, tuple[int, datetime]]:
        """Give how often events named each release of a project, and since when; those seen last, so many at most."""
        # Answered from the projections, as above.
        rows = await self._clickhouse.rows(
            "SELECT release, count(), min(received_at) FROM events"
            " WHERE project = {project:UInt64} AND release != '' GROUP BY release"
            " ORDER BY max(received_at) DESC LIMIT {limit:UInt32}",
            {"project": project, "limit": limit},
        )
        return {release: (count, first) for release, count, first in rows}

    async def _read(self, kind: type[RowT], source: str, parameters: Mapping[str, Any]) -> list[RowT]:
        columns = ", ".join(kind.__struct_fields__)
        names, rows = await self._clickhouse.table(f"SELECT {columns} FROM {source}", parameters)  # noqa: S608 - our own words
        return [msgspec.convert(dict(zip(names, row, strict=True)), kind, strict=False) for row in rows]

    async def _write(self, table: str, rows: Sequence[Any]) -> None:
        await self._clickhouse.insert(
            f"INSERT INTO {table} FORMAT JSONEachRow",
            [msgspec.json.encode(row) for row in rows],
            query_id=uuid.uuid4().hex,
            settings={"date_time_input_format": "best_effort"},
        )
