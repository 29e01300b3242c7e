"""`errata dead-letters`: look at items that could not be processed, and send them through again.

A replayed item goes back into `ingest` with the origin of its dead letter, so that replaying it twice gives one event.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Collection
from typing import Annotated

import msgspec
from cyclopts import App, Parameter
from msgspec import structs
from rich.console import Console
from rich.table import Table

from errata.contracts.pack import UNREADABLE, DeadLetter, Item, decode_dead_letter, encode_pack
from errata.contracts.times import to_datetime
from errata.contracts.topics import DEAD_LETTERS, INGEST
from errata.runtime.settings import CommonSettings, load
from errata.stores.kafka.connection import idempotent_producer
from errata.stores.kafka.scan import scan

app = App(name="dead-letters", help="Items that could not be processed: list, show, replay.")


@app.command(name="list")
def show_all(*, stage: str = "", project: int = 0) -> None:
    """List dead letters, oldest first.

    Parameters
    ----------
    stage
        Only those that failed in this stage.
    project
        Only those of this project.

    """
    letters = asyncio.run(_letters(load(CommonSettings)))
    chosen = [letter for letter in letters if stage in {"", letter.stage} and project in {0, letter.item.meta.project}]
    table = Table("origin", "failed", "project", "event id", "stage", "error", "config", box=None, pad_edge=False)
    for letter in chosen:
        meta = letter.item.meta
        table.add_row(
            letter.origin,
            f"{to_datetime(letter.failed_at):%Y-%m-%d %H:%M:%S}",
            str(meta.project),
            meta.event_id,
            letter.stage,
            letter.error_class,
            letter.config_hash[:8],
        )
    Console(markup=False, highlight=False).print(table)
    print(f"{len(chosen)} dead letters")


@app.command
def show(origin: str, *, payload: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Show one dead letter; ends with 1 when there is none.

    Parameters
    ----------
    origin
        As in the list.
    payload
        The item itself too, as the client sent it. It has not been scrubbed: it may hold personal data and secrets.

    """
    letter = next((one for one in asyncio.run(_letters(load(CommonSettings))) if one.origin == origin), None)
    if letter is None:
        print(f"no dead letter {origin}", file=sys.stderr)
        return 1
    for name, value in structs.asdict(letter).items():
        if name != "item":
            print(f"{name:16} {value}")
    for name, value in structs.asdict(letter.item.meta).items():
        print(f"{name:16} {value}")
    print(f"{'payload':16} {len(letter.item.payload)} bytes")
    if payload:
        sys.stdout.flush()
        sys.stdout.buffer.write(letter.item.payload + b"\n")
    return 0


@app.command
def replay(*origins: str, every: Annotated[bool, Parameter(name="--all", negative="")] = False, stage: str = "") -> int:
    """Send dead letters through the pipeline again; one that went through before ends as a duplicate.

    Parameters
    ----------
    origins
        As in the list.
    every
        All of them.
    stage
        All that failed in this stage.

    """
    if sum((bool(origins), every, bool(stage))) != 1:
        print("name origins, or --all, or --stage STAGE", file=sys.stderr)
        return 2
    settings = load(CommonSettings)
    letters = asyncio.run(_letters(settings))
    chosen = [letter for letter in letters if every or letter.origin in origins or (stage and letter.stage == stage)]
    missing = set(origins) - {letter.origin for letter in chosen}
    for origin in sorted(missing):
        print(f"no dead letter {origin}", file=sys.stderr)
    asyncio.run(_send(settings, [record_of(letter) for letter in chosen]))
    print(f"replayed {len(chosen)} of {len(letters)} dead letters")
    return 1 if missing else 0


def record_of(letter: DeadLetter) -> bytes:
    """Give the value of the `ingest` record that replays a dead letter."""
    if letter.stage == UNREADABLE:
        return letter.item.payload
    meta = structs.replace(letter.item.meta, replay_of=letter.origin)
    return encode_pack((Item(meta, letter.item.payload),))


async def _letters(settings: CommonSettings) -> list[DeadLetter]:
    letters = [letter async for letter in _readable(settings)]
    return sorted(letters, key=lambda letter: letter.failed_at)


async def _readable(settings: CommonSettings) -> AsyncIterator[DeadLetter]:
    async for record in scan(settings, DEAD_LETTERS):
        try:
            yield decode_dead_letter(record.value)
        except msgspec.DecodeError:
            print(f"unreadable: partition {record.partition} offset {record.offset}", file=sys.stderr)


async def _send(settings: CommonSettings, values: Collection[bytes]) -> None:
    """Return when the broker has all of them."""
    async with idempotent_producer(settings) as producer:
        for sent in [await producer.send(settings.topic_prefix + INGEST, value) for value in values]:
            await sent
