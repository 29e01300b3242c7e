"""Every route of the API: what it is called, which handler answers it, and which scopes open it (any one of them).

Paths are without their trailing slash: clients may write it or not.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.responses import Response

from errata.config.tokens import Scope
from errata_console import (
    about,
    assembling,
    chunks,
    code_mappings,
    debug_files,
    deploys,
    events,
    issues,
    release_files,
    releases,
)
from errata_console.call import Call

Handler = Callable[[Call], Awaitable[Response]]

_ANY: tuple[Scope, ...] = ()
_LOOK = (Scope.ORG_READ, Scope.ORG_CI, Scope.PROJECT_READ, Scope.PROJECT_RELEASES)
_RELEASE = (Scope.ORG_CI, Scope.PROJECT_RELEASES, Scope.PROJECT_WRITE)
_EVENTS = (Scope.EVENT_READ,)
_TRIAGE = (Scope.EVENT_WRITE,)

_ORG = "/organizations/{organization}"
_PROJECT = "/projects/{organization}/{project}"


class Endpoint(NamedTuple):
    """One line of the table."""

    method: str
    path: str
    handler: Handler
    scopes: tuple[Scope, ...]


def _both(method: str, path: str, handler: Handler, scopes: tuple[Scope, ...]) -> tuple[Endpoint, Endpoint]:
    """Give a route of a release in both forms: of the organization, and of a project as old clients write it."""
    return Endpoint(method, _ORG + path, handler, scopes), Endpoint(method, _PROJECT + path, handler, scopes)


ENDPOINTS = (
    Endpoint("GET", "", about.info, _ANY),
    Endpoint("GET", "/organizations", about.organizations, _ANY),
    Endpoint("GET", f"{_ORG}/projects", about.projects, _LOOK),
    Endpoint("GET", f"{_ORG}/repos", about.repositories, _LOOK),
    Endpoint("GET", f"{_ORG}/monitors", about.monitors, _LOOK),
    Endpoint("GET", f"{_ORG}/events", about.logs, _EVENTS),
    Endpoint("POST", f"{_ORG}/code-mappings/bulk", code_mappings.upload, _RELEASE),
    *_both("GET", "/releases", releases.show_all, _LOOK),
    *_both("POST", "/releases", releases.create, _RELEASE),
    *_both("GET", "/releases/{version}", releases.show, _LOOK),
    *_both("PUT", "/releases/{version}", releases.change, _RELEASE),
    *_both("DELETE", "/releases/{version}", releases.delete, _RELEASE),
    *_both("GET", "/releases/{version}/commits", releases.show_commits, _LOOK),
    *_both("GET", "/releases/{version}/previous-with-commits", releases.show_previous, _LOOK),
    *_both("GET", "/releases/{version}/deploys", deploys.show_all, _LOOK),
    *_both("POST", "/releases/{version}/deploys", deploys.create, _RELEASE),
    Endpoint("GET", f"{_ORG}/chunk-upload", chunks.options, _RELEASE),
    Endpoint("POST", f"{_ORG}/chunk-upload", chunks.upload, _RELEASE),
    Endpoint("POST", f"{_ORG}/artifactbundle/assemble", assembling.assemble_bundle, _RELEASE),
    Endpoint("POST", f"{_ORG}/releases/{{version}}/assemble", assembling.assemble_for_release, _RELEASE),
    Endpoint("GET", f"{_PROJECT}/releases/{{version}}/files", release_files.show_all, _LOOK),
    Endpoint("POST", f"{_PROJECT}/releases/{{version}}/files", release_files.upload, _RELEASE),
    Endpoint("DELETE", f"{_PROJECT}/releases/{{version}}/files/{{file}}", release_files.delete, _RELEASE),
    Endpoint("POST", f"{_PROJECT}/files/difs/assemble", debug_files.assemble, _RELEASE),
    Endpoint("POST", f"{_PROJECT}/files/dsyms", debug_files.upload_archive, _RELEASE),
    Endpoint("GET", f"{_PROJECT}/files/dsyms/unknown", debug_files.show_unknown, _RELEASE),
    Endpoint("POST", f"{_PROJECT}/files/proguard-artifact-releases", debug_files.associate, _RELEASE),
    Endpoint("GET", f"{_PROJECT}/events", events.show_all, _EVENTS),
    Endpoint("GET", f"{_PROJECT}/issues", issues.show_all, _EVENTS),
    Endpoint("PUT", f"{_PROJECT}/issues", issues.change_all, _TRIAGE),
)
