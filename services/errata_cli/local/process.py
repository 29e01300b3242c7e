"""One child process: started so that it never outlives the supervisor, its output put into the log line by line."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from errata_cli.local.part import CannotStartError

WriteLine = Callable[[str], None]

_PR_SET_PDEATHSIG = 1
_LONGEST_LINE = 65_536
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """A running program. Make one with `start`."""

    def __init__(self, process: asyncio.subprocess.Process, output: asyncio.StreamReader, write: WriteLine) -> None:
        self._process = process
        self._output = output
        self.pid = process.pid
        self.started_at = time.time()
        self.last_lines: deque[str] = deque(maxlen=8)
        """The end of its output, to be shown when it fails."""
        self._reading = asyncio.create_task(self._read(write))

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], write: WriteLine) -> "Child":
        """Start a program in a session of its own, so that Ctrl-C at a terminal reaches the supervisor alone.

        Raises:
            OSError: the program is not there.

        """
        # A pipe of our own: with asyncio's, a process has ended only when everyone closed it, grandchildren too.
        ours, theirs = os.pipe()
        output = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(output), os.fdopen(ours, "rb", 0)
        )
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                env={**os.environ, **environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
                preexec_fn=_die_with_parent if _libc is not None else None,
            )
        finally:
            os.close(theirs)
        return cls(process, output, write)

    async def wait(self) -> int:
        """Give the exit status, or minus the signal's number, once the process ended and its output is read."""
        code = await self._process.wait()
        # What it had started itself must not go on without it, nor hold its output open.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        await asyncio.wait({self._reading}, timeout=1)
        return code

    def terminate(self) -> None:
        """Ask the process to stop; nothing happens when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def kill(self) -> None:
        """End the process at once; nothing happens when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def stop(self, seconds: float) -> int:
        """Ask the process to stop; kill it when it takes longer than this. Gives its exit status."""
        self.terminate()
        try:
            async with asyncio.timeout(seconds):
                return await self.wait()
        except TimeoutError:
            self.kill()
            return await self.wait()

    async def _read(self, write: WriteLine) -> None:
        rest = b""
        while chunk := await self._output.read(_LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > _LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                self._line(line, write)
        if rest:
            self._line(rest, write)

    def _line(self, line: bytes, write: WriteLine) -> None:
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            self.last_lines.append(text)
            write(text)


async def run(command: Sequence[str], write: WriteLine) -> None:
    """Run a program to its end; it is killed when the caller is cancelled.

    Raises:
        CannotStartError: it did not end with status 0; the text has the end of its output.

    """
    child = await Child.start(command, {}, write)
    try:
        code = await child.wait()
    finally:
        child.kill()
    if code != 0:
        raise CannotStartError("\n".join([f"{command[0]} ended with {describe_exit(code)}", *child.last_lines]))


def describe_exit(code: int) -> str:
    """Say in words how a process ended."""
    if code >= 0:
        return f"status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def _die_with_parent() -> None:
    """Have Linux kill this process when the supervisor dies, however it dies; runs in the child before the program."""
    assert _libc is not None
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
