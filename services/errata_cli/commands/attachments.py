"""`errata attachments`: files that came with an event or with feedback; list them, save them."""

import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from cyclopts import App
from rich.console import Console
from rich.table import Table

from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse.attachments import StoredAttachment, attachments_of, content_of
from errata.stores.clickhouse.client import ClickHouse
from errata_cli.commands.run import CannotTellError, run

app = App(name="attachments", help="Files that came with an event or with feedback: list them, save them.")

_ODD = re.compile(r"[^\w.-]")
# In characters, of four bytes at most: file systems take 255 bytes, and a number may be added.
_LONGEST = 40
_LONGEST_SUFFIX = 20


@app.command(name="list")
def show_all(event_id: str) -> int:
    """List the attachments of an event; ends with 1 when there are none.

    Example: `errata attachments list 9b1d4ea2c8f04e7d9a52f0c1d3b7a684`

    Parameters
    ----------
    event_id
        The event's id, or that of feedback; with or without dashes.

    """
    found = run(_all(load(CommonSettings).clickhouse, event_id))
    table = Table(box=None, pad_edge=False)
    for column in ("project", "received", "name", "bytes", "type", "sha1"):
        table.add_column(column, no_wrap=column == "received")
    for one in found:
        received = f"{one.received_at:%Y-%m-%d %H:%M}"
        table.add_row(str(one.project), received, one.name, str(one.size), one.content_type, one.sha1)
    if found:
        Console(markup=False, highlight=False).print(table)
    print(f"{len(found)} attachments")
    return 0 if found else 1


@app.command
def save(event_id: str, name: str | None = None, *, to: Path) -> int:
    """Save the attachments of an event to a folder, or one of them; ends with 1 when there is none.

    Nothing is overwritten: a file gets a number when its name is taken. The names are the clients', so whatever could
    lead out of the folder is taken out of them. Nothing is taken out of the files: they may hold anything.

    Example: `errata attachments save 9b1d4ea2c8f04e7d9a52f0c1d3b7a684 screenshot.png --to /tmp/event`

    Parameters
    ----------
    event_id
        The event's id, or that of feedback; with or without dashes.
    name
        Save only attachments of this name, as `errata attachments list` shows it.
    to
        The folder; it is made when it is not there.

    """
    saved = run(_save(load(CommonSettings).clickhouse, event_id, name, to))
    if not saved:
        print("no such attachment", file=sys.stderr)
        return 1
    for path in saved:
        print(path)
    return 0


def file_name(name: str) -> str:
    """Give a file name for what a client called a file: no folders, nothing hidden, nothing that shells take apart."""
    last = re.split(r"[/\\]", name)[-1]
    plain = Path(_ODD.sub("_", last).lstrip(".-") or "attachment")
    return plain.stem[:_LONGEST] + plain.suffix[:_LONGEST_SUFFIX]


def write_new(folder: Path, name: str, content: bytes) -> Path:
    """Write a file that is not there yet, and give its path; it gets a number when the name is taken."""
    folder.mkdir(parents=True, exist_ok=True)
    path = plain = folder / file_name(name)
    number = 1
    while True:
        try:
            with path.open("xb") as file:  # which follows no link, either
                file.write(content)
        except FileExistsError:
            number += 1
            path = plain.with_stem(f"{plain.stem}-{number}")
        else:
            return path


async def _all(url: str, event_id: str) -> list[StoredAttachment]:
    async with await ClickHouse.connect(url) as clickhouse:
        return list(await attachments_of(clickhouse, _plain(event_id)))


async def _save(url: str, event_id: str, name: str | None, folder: Path) -> list[Path]:
    try:
        return [write_new(folder, one, content) async for one, content in _contents(url, event_id, name)]
    except OSError as error:
        raise CannotTellError(f"{folder} cannot be written to: {error.strerror}") from None


async def _contents(url: str, event_id: str, name: str | None) -> AsyncIterator[tuple[str, bytes]]:
    """Give name and content of each that is wanted, one after the other: together they may be large."""
    async with await ClickHouse.connect(url) as clickhouse:
        for one in await attachments_of(clickhouse, _plain(event_id)):
            if name in {None, one.name}:
                content = await content_of(clickhouse, one)
                if content is not None:
                    yield one.name, content


def _plain(event_id: str) -> str:
    return event_id.replace("-", "").lower()
