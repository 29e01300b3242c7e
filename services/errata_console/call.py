"""One request as a handler sees it: who calls, what the path names, what the body says."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from errata.config.loading import ConfigFolder
from errata.config.model import Project
from errata.config.organization import Organization
from errata.config.tokens import ApiToken
from errata.contracts.times import Clock
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.chunks import ChunkStore
from errata.stores.blobs.uploads import Uploads
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.clickhouse.releases import Releases
from errata_console.answers import ApiError, not_found, offset_of
from errata_console.multipart_body import Part, parts_of
from errata_console.settings import ConsoleSettings

BodyT = TypeVar("BodyT")


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What handlers work with, made once at start."""

    settings: ConsoleSettings
    config: ConfigFolder
    clickhouse: ClickHouse
    releases: Releases
    chunks: ChunkStore
    artifacts: ArtifactStore
    uploads: Uploads
    clock: Clock
    uploading: asyncio.Semaphore
    """Held while an upload request is read: bounds what all of them have in memory."""
    changing_releases: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held from reading a release to storing its next revision."""


@dataclass(frozen=True)
class Call:
    """A request whose token may do what it asks."""

    request: Request
    parts: Parts
    token: ApiToken

    @property
    def organization(self) -> Organization:
        """The organization; the path has named it."""
        return self.parts.config.current.organization

    @property
    def version(self) -> str:
        """The release that the path names."""
        return str(self.request.path_params["version"])

    @property
    def offset(self) -> int:
        """Where the page begins that is asked for."""
        return offset_of(self.request.query_params.get("cursor", ""))

    @property
    def project(self) -> Project:
        """The project that the path names; raises `ApiError` when there is none."""
        project = self.project_of(self.request.path_params["project"])
        if project is None:
            raise not_found()
        return project

    @property
    def scoped_project(self) -> Project | None:
        """The project of a path that may name one; None where it names the organization only."""
        return self.project if "project" in self.request.path_params else None

    def project_of(self, name: str | int) -> Project | None:
        """Give the project with this slug or id."""
        projects = self.parts.config.current.projects
        if str(name).isdecimal() and len(str(name)) < 20 and int(name) in projects:
            return projects[int(name)]
        return next((project for project in projects.values() if project.slug == name), None)

    def projects_of(self, names: tuple[str | int, ...]) -> list[Project]:
        """Give the projects with these slugs or ids; raises `ApiError` naming the one that does not exist."""
        found = []
        for name in names:
            project = self.project_of(name)
            if project is None:
                raise ApiError(400, f"Invalid project ids or slugs: {str(name)[:100]}")
            found.append(project)
        return found

    @asynccontextmanager
    async def parts_of_body(
        self, *, max_parts: int, max_part_bytes: int, max_bytes: int
    ) -> AsyncIterator[AsyncGenerator[Part]]:
        """Give the parts of a multipart body as they come, within limits; raises `ApiError` as `parts_of` does."""
        reading = parts_of(
            self.request,
            max_parts=max_parts,
            max_part_bytes=max_part_bytes,
            max_bytes=max_bytes,
            seconds=self.parts.settings.upload_seconds,
        )
        async with self.parts.uploading, aclosing(reading) as parts:
            yield parts

    async def body(self, kind: type[BodyT]) -> BodyT:
        """Give the JSON body as this type; raises `ApiError` when it is not one, or too large."""
        content = bytearray()
        try:
            async for part in self.request.stream():
                content += part
                if len(content) > self.parts.settings.max_json_bytes:
                    raise ApiError(413, "The body is too large", {"Connection": "close"})
        except ClientDisconnect:
            raise ApiError(400, "The body is not complete") from None
        try:
            return msgspec.json.decode(content, type=kind)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise ApiError(400, f"Invalid body: {error}") from None
