"""`errata explain-frame EVENT_ID [FRAME]`: step by step, why a frame was or was not symbolicated.

The event is read from ClickHouse; what it needs is looked up again, so the answer is what would happen now.
"""

import tempfile
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from errata.config.loading import ConfigError, load_config
from errata.runtime.settings import CommonSettings, load
from errata.stages.symbolicate import explain
from errata.stages.symbolicate.artifacts import Absent, Kind
from errata.stores.blobs.artifacts import ArtifactStore
from errata.stores.blobs.connection import connect
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.fetching import Fetcher
from errata.stores.clickhouse.client import ClickHouse
from errata_cli.commands.run import run

_EVENT = "SELECT project, payload FROM events WHERE event_id = {id:String} LIMIT 1"
_BYTES = 1 << 30


def explain_frame(event_id: str, frame: int = 0) -> int:
    """Say step by step why a frame was or was not symbolicated; ends with 1 when there is no such event or frame.

    The event is read from ClickHouse, and what it needs of uploads is looked up again: the answer is what would happen
    now, so it tells whether an upload that came late would help.

    Example: `errata explain-frame 9b1d4ea2c8f04e7d9a52f0c1d3b7a684 1`

    Parameters
    ----------
    event_id
        The event's id as in the client's log or in ClickHouse; with or without dashes.
    frame
        The frame's number: 1 is where the error was raised, 0 shows all.

    """
    return run(_explain(load(CommonSettings), event_id.replace("-", "").lower(), frame))


async def _explain(settings: CommonSettings, event_id: str, chosen: int) -> int:
    async with await ClickHouse.connect(settings.clickhouse) as clickhouse:
        rows = await clickhouse.rows(_EVENT, {"id": event_id})
    console = Console(highlight=False, soft_wrap=True)
    if not rows:
        console.print("No such event in ClickHouse.")
        return 1
    project, payload = rows[0]
    event = msgspec.json.decode(payload)
    frames = explain.frames_of(event)
    if not frames or not 0 <= chosen <= len(frames):
        console.print(f"The event has {len(frames)} frames.")
        return 1
    origins = _origins(settings.config, int(project))
    blobs = connect(settings.blobs)
    store = ArtifactStore(blobs)
    with tempfile.TemporaryDirectory() as folder:
        fetcher = Fetcher(blobs, DiskCache(Path(folder), _BYTES), memory_bytes=_BYTES)
        for number, shown in enumerate(frames, 1):
            if chosen in {0, number}:
                console.print(f"frame {number}: {_place(shown.raw)}", markup=False)
                for step in await steps_of(event, int(project), shown, fetcher, store, origins=origins):
                    console.print(f"  - {step}", markup=False)
                console.print(f"  stored as: {_place(shown.stored)}", markup=False)
    for error in event.get("errors", ()):
        if "url" in error:
            console.print(f"noted on the event: {error['type']} {error['url']}", markup=False)
    return 0


async def steps_of(
    event: dict[str, Any],
    project: int,
    shown: explain.Shown,
    fetcher: Fetcher,
    store: ArtifactStore,
    *,
    origins: tuple[str, ...] = (),
) -> list[str]:
    """Give in words how a frame comes to its names, or what it lacks.

    Args:
        event: as it is stored.
        project: its id.
        shown: the frame.
        fetcher: looks up what the frame needs.
        store: tells what else was uploaded for the release.
        origins: from which the project lets built files be fetched.

    """
    needs = explain.needs_of(event, project, shown.raw, origins)
    if not needs:
        return [explain.why_nothing(event, shown.raw)]
    told: list[str] = []
    while needs:
        need = needs.pop(0)
        found = await fetcher.explain(need)
        told += [*found.steps, *explain.steps(need, found.answer, event, shown)]
        if need.kind is Kind.SCRIPT and isinstance(found.answer, Absent) and need.release:
            uploads = [file.url for one in await store.find(project, need.release) for file in one.files]
            told += [f"the release has {url}, which is another path or dist" for url in explain.similar(need, uploads)]
        further = explain.further_need(need, found.answer, event, shown.raw)
        needs += [further] if further else []
    return told


def _origins(config: Path, project: int) -> tuple[str, ...]:
    """Give from where a project lets built files be fetched; from nowhere when its settings cannot be read here."""
    try:
        found = load_config(config).projects.get(project)
    except ConfigError:
        return ()
    return found.symbolication.fetch_origins if found else ()


def _place(frame: dict[str, Any]) -> str:
    where = frame.get("abs_path") or frame.get("filename") or frame.get("module") or "?"
    place = ":".join(str(frame[key]) for key in ("lineno", "colno") if frame.get(key))
    return f"{frame.get('function') or '?'} in {where} {place}".rstrip()
