"""What the person who started a stack sees: a line for each thing that happens, and what is being waited for."""

import contextlib

from rich.console import Console
from rich.markup import escape

from errata_cli.local.log import StackLog


class Screen:
    """Lines for people, also kept in the log. At a terminal the last line moves; elsewhere there are lines only."""

    def __init__(self, log: StackLog) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._status = self._console.status("")
        self._log = log

    def say(self, text: str) -> None:
        """Show one line, or a few. Where nobody looks any more (a closed pipe), the log still has them."""
        for line in filter(None, text.splitlines()):
            self._log.write("supervisor", line)
        with contextlib.suppress(OSError):
            self._console.print(escape(text))

    def waiting_for(self, parts: list[str]) -> None:
        """Show what is not there yet; nothing any more when that is an empty list."""
        if not parts:
            self._status.stop()
        elif self._console.is_terminal:
            self._status.update(escape("waiting for " + ", ".join(parts)))
            self._status.start()
