"""`errata dead-letters`: look at items that could not be processed, and send them through again.

A replayed item goes back into `ingest` with the origin of its dead letter, so that replaying it twice gives one event.
The topic may hold gigabytes: letters are read one after the other, and no payload is kept.
"""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
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
from errata.stores.kafka.connection import idempotent_producer, started
from errata.stores.kafka.scan import scan
from errata_cli.commands.run import run

app = App(name="dead-letters", help="Items that could not be processed: list, show, replay.")

# Replays that may be on their way to the broker at once: payloads of a few MB at most.
_UNACKNOWLEDGED = 100


@app.command(name="list")
def show_all(*, stage: str = "", project: int = 0) -> None:
    """List dead letters, oldest first; ends with 2 when Kafka does not answer.

    Example: `errata dead-letters list --stage normalize`

    Parameters
    ----------
    stage
        Show only letters that failed in this stage; empty shows all.
    project
        Show only letters of the project with this id; 0 shows those of all.

    """
    found = run(_rows(load(CommonSettings), stage, project))
    table = Table("origin", "failed", "project", "event id", "stage", "error", "config", box=None, pad_edge=False)
    for failed_at, origin, *rest in sorted(found):
        table.add_row(origin, f"{to_datetime(failed_at):%Y-%m-%d %H:%M:%S}", *map(str, rest))
    Console(markup=False, highlight=False).print(table)
    print(f"{len(found)} dead letters")


@app.command
def show(origin: str, *, payload: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Show one dead letter; ends with 1 when there is none, 2 when Kafka does not answer.

    Example: `errata dead-letters show 1-3-4711-0-0 --payload`

    Parameters
    ----------
    origin
        The letter's origin, as `errata dead-letters list` shows it.
    payload
        Print the item itself too, as the client sent it. It has not been scrubbed: it may hold personal data and
        secrets.

    """
    letter = run(_one(load(CommonSettings), origin))
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

    Ends with 1 when one of the origins is not there, 2 when Kafka does not answer: what was replayed by then is, and
    replaying it again does no harm.

    Example: `errata dead-letters replay --stage normalize`

    Parameters
    ----------
    origins
        The letters' origins, as `errata dead-letters list` shows them.
    every
        Replay every letter that Kafka still holds.
    stage
        Replay every letter that failed in this stage.

    """
    if sum((bool(origins), every, bool(stage))) != 1:
        print("name origins, or --all, or --stage STAGE", file=sys.stderr)
        return 2

    def chosen(letter: DeadLetter) -> bool:
        return every or letter.origin in origins or (bool(stage) and letter.stage == stage)

    replayed, read = run(_replay(load(CommonSettings), chosen))
    missing = set(origins) - set(replayed)
    for origin in sorted(missing):
        print(f"no dead letter {origin}", file=sys.stderr)
    print(f"replayed {len(replayed)} of {read} dead letters")
    return 1 if missing else 0


def record_of(letter: DeadLetter) -> bytes:
    """Give the value of the `ingest` record that replays a dead letter."""
    if letter.stage == UNREADABLE:
        return letter.item.payload
    meta = structs.replace(letter.item.meta, replay_of=letter.origin)
    return encode_pack((Item(meta, letter.item.payload),))


async def _rows(settings: CommonSettings, stage: str, project: int) -> list[tuple[int, str, int, str, str, str, str]]:
    """Give what the table shows of each letter, without its payload; when it failed stands first."""
    return [
        (
            letter.failed_at,
            letter.origin,
            letter.item.meta.project,
            letter.item.meta.event_id,
            letter.stage,
            letter.error_class,
            letter.config_hash[:8],
        )
        async for letter in _letters(settings)
        if stage in {"", letter.stage} and project in {0, letter.item.meta.project}
    ]


async def _one(settings: CommonSettings, origin: str) -> DeadLetter | None:
    async with aclosing(_letters(settings)) as letters:
        async for letter in letters:
            if letter.origin == origin:
                return letter
    return None


async def _replay(settings: CommonSettings, chosen: Callable[[DeadLetter], bool]) -> tuple[list[str], int]:
    """Give the origins of what was replayed, once the broker has all of it, and how many letters there were."""
    replayed: list[str] = []
    read = 0
    sends: list[asyncio.Future[object]] = []
    async with started(idempotent_producer(settings)) as producer:
        async for letter in _letters(settings):
            read += 1
            if chosen(letter):
                replayed.append(letter.origin)
                sends.append(await producer.send(settings.topic_prefix + INGEST, record_of(letter)))
            if len(sends) >= _UNACKNOWLEDGED:
                await asyncio.gather(*sends)
                sends.clear()
        await asyncio.gather(*sends)
    return replayed, read


async def _letters(settings: CommonSettings) -> AsyncGenerator[DeadLetter, None]:
    async for record in scan(settings, DEAD_LETTERS):
        try:
            yield decode_dead_letter(record.value)
        except msgspec.DecodeError:
            print(f"unreadable: partition {record.partition} offset {record.offset}", file=sys.stderr)
