"""How a release becomes another one: the wishes of a client applied to what is stored, and nothing else."""

from datetime import UTC, datetime

import msgspec

from errata.contracts.times import to_datetime
from errata.stores.clickhouse.releases import ChangedFile, Commit, Release, Status
from errata_console.answers import ApiError

MAX_VERSION = 200
"""Characters; Sentry's limit."""
_FORBIDDEN = frozenset("\n\r\t\x0b\x0c\\/")
_RESERVED = frozenset({"", ".", "..", "latest"})


class WishedCommit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit as `sentry-cli` sends it from a local checkout."""

    id: str
    repository: str | None = None
    author_name: str | None = None
    author_email: str | None = None
    message: str | None = None
    timestamp: datetime | None = None
    patch_set: tuple[ChangedFile, ...] | None = None


class Ref(msgspec.Struct, frozen=True, kw_only=True):
    """The head of a repository that a release was built from."""

    commit: str
    repository: str = ""


class Wish(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a client asks of a release; what it leaves out stays as it is."""

    version: str = ""
    projects: tuple[str | int, ...] = ()
    status: Status | None = None
    url: str | None = None
    ref: str | None = None
    date_started: datetime | None = None
    date_released: datetime | None = None
    commits: tuple[WishedCommit, ...] | None = None
    """None leaves the commits alone, an empty one removes them; likewise `refs`."""
    refs: tuple[Ref, ...] | None = None


def check_version(version: str) -> str:
    """Give a release's name without white space around it; raises `ApiError` when it can be none."""
    version = version.strip()
    if version.lower() in _RESERVED or len(version) > MAX_VERSION or _FORBIDDEN.intersection(version):
        raise ApiError(400, f"Release with name {version[:MAX_VERSION]!r} is not allowed")
    return version


def created(version: str, projects: list[int], new_id: str, now: int) -> Release:
    """Give a release that nothing is known of yet."""
    return Release(version=version, id=new_id, projects=tuple(projects), date_created=to_datetime(now), revision=now)


def changed(release: Release, wish: Wish, projects: list[int], now: int) -> Release:
    """Give the release's next revision: projects are added, never taken away."""
    return msgspec.structs.replace(
        release,
        projects=tuple(dict.fromkeys((*release.projects, *projects))),
        status=wish.status or release.status,
        url=release.url if wish.url is None else wish.url,
        ref=release.ref if wish.ref is None else wish.ref,
        date_started=utc(wish.date_started) or release.date_started,
        date_released=utc(wish.date_released) or release.date_released,
        revision=next_revision(release, now),
    )


def next_revision(release: Release, now: int) -> int:
    """Give a number above the last one, though the clock may have been set back."""
    return max(now, release.revision + 1)


def deleted(release: Release, now: int) -> Release:
    """Give the revision that removes a release."""
    return msgspec.structs.replace(release, deleted=True, revision=next_revision(release, now))


def wished_commits(wish: Wish) -> list[Commit] | None:
    """Give what a release shall consist of, newest first; None when nothing was said of it.

    A ref tells the head of a repository only: its commit is known by its id.
    """
    if wish.commits is None and wish.refs is None:
        return None
    sent = [
        Commit(
            id=commit.id,
            repository=commit.repository or "",
            author_name=commit.author_name or "",
            author_email=commit.author_email or "",
            message=commit.message or "",
            committed_at=utc(commit.timestamp),
            files=commit.patch_set or (),
        )
        for commit in wish.commits or ()
    ]
    known = {commit.id for commit in sent}
    return sent + [Commit(id=r.commit, repository=r.repository) for r in wish.refs or () if r.commit not in known]


def utc(moment: datetime | None) -> datetime | None:
    """Clients send a zone; a moment without one is taken for UTC."""
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
