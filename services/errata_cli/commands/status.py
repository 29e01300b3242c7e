"""`errata status`: how each part of the stack is."""

import time
from pathlib import Path
from typing import Annotated

import psutil
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from errata_cli.local.state import DEFAULT_DATA, PartState, PartStatus, read_state
from errata_cli.local.summary import summary

_COLOURS = {PartStatus.READY: "green", PartStatus.DONE: "green", PartStatus.FAILED: "red"}


def status(*, data: Annotated[Path, Parameter(env_var="ERRATA_DATA")] = DEFAULT_DATA) -> int:
    """Show each part with its process, memory and health; ends with 0 when all of them are ready, with 1 otherwise.

    Example: `errata status`

    Parameters
    ----------
    data
        The folder of data that was given to `errata up`.

    """
    state = read_state(data)
    if state is None or not state.alive:
        print(f"no stack runs in {data}; `errata up` starts one")
        return 1
    table = Table("part", "pid", "state", "up", "restarts", "memory", "port", "lacks", box=None, pad_edge=False)
    table.add_row("supervisor", str(state.supervisor), "", "", "", f"{(_memory(state.supervisor) or 0) / 1e6:.0f} MB")
    for part in state.parts.values():
        table.add_row(*_row(part))
    console = Console()
    console.print(table)
    if state.ready:
        console.print(summary(data, state), highlight=False, soft_wrap=True)
    return 0 if state.ready else 1


def _row(part: PartState) -> tuple[str, ...]:
    colour = _COLOURS.get(part.status, "yellow")
    memory = _memory(part.pid) if part.pid else None
    return (
        part.name,
        str(part.pid or ""),
        f"[{colour}]{part.status}[/]",
        _span(time.time() - part.started_at) if part.pid else "",
        str(part.restarts or "") + (f" ({part.last_exit})" if part.restarts else ""),
        "" if memory is None else f"{memory / 1e6:.0f} MB",
        str(part.port or ""),
        ", ".join(part.lacks),
    )


def _memory(pid: int) -> int | None:
    """Give the resident bytes of a process; None when it has just ended."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return None


def _span(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s" if minutes else f"{seconds} s"
