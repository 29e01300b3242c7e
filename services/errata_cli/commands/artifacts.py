"""`errata artifacts`: source maps and debug files that were uploaded; list, inspect, delete, clean."""

import asyncio
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

app = App(name="artifacts", help="Source maps and debug files that were uploaded: list, inspect, delete, clean.")


@app.command(name="list")
def show_all(*, project: int = 0, release: str | None = None) -> None:
    """List artifacts, latest first.

    Parameters
    ----------
    project
        Only those of this project.
    release
        Only those of this release; empty for those of none.

    """
    found = asyncio.run(_all(_store(), project, release))
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
    """Show the record of one artifact, its files with their debug ids included; ends with 1 when there is none."""
    found = asyncio.run(_named(_store(), artifact))
    for one in found:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(one), indent=1) + b"\n")
    return 0 if found else _none(artifact)


@app.command
def delete(artifact: str) -> int:
    """Delete one artifact, from every project that has it; ends with 1 when there is none."""
    store = _store()
    found = asyncio.run(_named(store, artifact))
    for one in found:
        asyncio.run(store.delete(one))
        print(f"deleted {one.id} of project {one.project}")
    return 0 if found else _none(artifact)


@app.command
def clean(*, days: int = 90) -> None:
    """Remove artifacts that were uploaded long ago, contents that no artifact names, and chunks left over.

    Parameters
    ----------
    days
        How long an artifact is kept after it was last uploaded.

    """
    blobs = connect(load(CommonSettings).blobs)
    removed = asyncio.run(retention.clean(blobs, now(), timedelta(days=days)))
    print(f"removed {removed.artifacts} artifacts, {removed.contents} contents, {removed.chunks} chunks")


def _store() -> ArtifactStore:
    return ArtifactStore(connect(load(CommonSettings).blobs))


async def _all(store: ArtifactStore, project: int, release: str | None) -> list[Artifact]:
    projects = [project] if project else await store.projects()
    found = [one for number in projects for one in await store.list(number, release)]
    return sorted(found, key=lambda one: one.created_at, reverse=True)


async def _named(store: ArtifactStore, artifact: str) -> list[Artifact]:
    found = [await store.get(project, artifact) for project in await store.projects()]
    return [one for one in found if one is not None]


def _none(artifact: str) -> int:
    print(f"no artifact {artifact}", file=sys.stderr)
    return 1
