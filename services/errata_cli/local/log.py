"""The stack's one log: every line of every part, with its time and the part's name, in a file of bounded size."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LARGEST_BYTES = 20_000_000
_KEPT = 2


class StackLog:
    """A file that parts' lines are appended to; the two before it are kept as `.1` and `.2`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._handler = RotatingFileHandler(path, maxBytes=_LARGEST_BYTES, backupCount=_KEPT, delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(name)-12s %(message)s"))

    def write(self, part: str, line: str) -> None:
        """Append one line of a part."""
        self._handler.handle(logging.LogRecord(part, logging.INFO, "", 0, line, None, None))
