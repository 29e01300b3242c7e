"""`errata artifacts`: source maps and debug files that were uploaded; list, inspect, delete, clean."""

import sys
from datetime import timedelta

import msgspec
from cyclopts import App
from rich.console import Console
from rich.table import Table

from errata.contracts.times import now, to_datetime
from errata.runtime.settings import CommonSettings, load
from errata.stores.blobs import retention
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.connection import connect
from errata.stores.blobs.records import Artifact
from errata_cli.commands.run import run

app = App(name="artifacts", help="Source maps and debug files that were uploaded: list, inspect, delete, clean.")


@app.command(name="list")
def show_all(*, project: int = 0, release: str | None = None) -> None:
    """List artifacts, latest first.

    Example: `errata artifacts list --project 1 --release shop@1.0.0`

    Parameters
    ----------
    project
        Show only artifacts of the project with this id; 0 shows those of all.
    release
        Show only artifacts of this release; empty shows those of none, and without it all are shown.

    """
    found = run(_all(load(CommonSettings), project, release))
    table = Table(box=None, pad_edge=False)
    for column in ("id", "project", "uploaded", "kind", "release", "dist", "files", "bytes"):
        table.add_column(column, no_wrap=column in {"id", "uploaded"})
    for one in found:
        table.add_row(
            one.id,
            str(one.project),
            f"{to_datetime(one.created_at):%Y-%m-%d %H:%M}",
            one.kind,
            one.release,
            one.dist,
            str(len(one.files)),
            str(one.size),
        )
    Console(markup=False, highlight=False).print(table)
    print(f"{len(found)} artifacts")


@app.command
def inspect(artifact: str) -> int:
    """Show the record of one artifact, its files with their debug ids included; ends with 1 when there is none.

    Example: `errata artifacts inspect 0f3a9c41d07be8563f2a9c41d07be856`

    Parameters
    ----------
    artifact
        The artifact's id, as `errata artifacts list` shows it.

    """
    found = run(_named(load(CommonSettings), artifact))
    for one in found:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(one), indent=1) + b"\n")
    return 0 if found else _none(artifact)


@app.command
def delete(artifact: str) -> int:
    """Delete one artifact, from every project that has it; ends with 1 when there is none.

    Example: `errata artifacts delete 0f3a9c41d07be8563f2a9c41d07be856`

    Parameters
    ----------
    artifact
        The artifact's id, as `errata artifacts list` shows it.

    """
    found = run(_delete(load(CommonSettings), artifact))
    for one in found:
        print(f"deleted {one.id} of project {one.project}")
    return 0 if found else _none(artifact)


@app.command
def clean(*, days: int = 90, releases: int = 3, chunk_hours: int = 24) -> None:
    """Remove artifacts that were uploaded long ago, and what nothing leads to any more. The console does it by itself.

    Contents that no artifact names are put aside first, and deleted by a later run, a day after.

    Example: `errata artifacts clean --days 30 --releases 5`

    Parameters
    ----------
    days
        How many days an artifact is kept after it was last uploaded.
    releases
        Of so many releases of each project, those uploaded to last, artifacts are kept however old.
    chunk_hours
        How many hours parts of uploads are kept, so that an upload that was cut off can be resumed.

    """
    keep = retention.Keep(timedelta(days=days), releases, timedelta(hours=chunk_hours))
    removed = run(_clean(load(CommonSettings), keep))
    print(
        f"removed {removed.artifacts} artifacts, {removed.keys} keys to none, {removed.contents} contents, "
        f"{removed.chunks} chunks, {removed.leftovers} leftovers"
    )


def _store(settings: CommonSettings) -> ArtifactStore:
    return ArtifactStore(connect(settings.blobs))


async def _all(settings: CommonSettings, project: int, release: str | None) -> list[Artifact]:
    store = _store(settings)
    projects = [project] if project else await store.projects()
    found = [one for number in projects for one in await store.find(number, release)]
    return sorted(found, key=lambda one: one.created_at, reverse=True)


async def _named(settings: CommonSettings, artifact: str) -> list[Artifact]:
    store = _store(settings)
    found = [await store.get(project, artifact) for project in await store.projects()]
    return [one for one in found if one is not None]


async def _delete(settings: CommonSettings, artifact: str) -> list[Artifact]:
    found = await _named(settings, artifact)
    for one in found:
        await _store(settings).delete(one)
    return found


async def _clean(settings: CommonSettings, keep: retention.Keep) -> retention.Removed:
    return await retention.clean(connect(settings.blobs), now(), keep)


def _none(artifact: str) -> int:
    print(f"no artifact {artifact}", file=sys.stderr)
    return 1
