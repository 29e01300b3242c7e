"""Starting `errata up` as a process of its own, and waiting until it is ready."""

import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from errata_cli.local.data_folder import Kept
from errata_cli.local.options import StackOptions
from errata_cli.local.part import CannotStartError, Say
from errata_cli.local.state import StackState, read_state

_POLL_SECONDS = 0.05


def launch(options: StackOptions, *, owned: bool) -> "subprocess.Popen[bytes]":
    """Start a supervisor in a session of its own; its output goes to a file in the data folder.

    An owned one stops when its standard input, the pipe to this process, is closed: however this process ends.
    """
    options.data.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "errata_cli", "up", *options.arguments()]
    with _output(options.data).open("wb") as output:
        return subprocess.Popen(
            [*command, "--controlled"] if owned else command,
            stdin=subprocess.PIPE if owned else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def wait_until_ready(
    options: StackOptions, process: "subprocess.Popen[bytes]", say: Say, seconds: float = 900
) -> StackState:
    """Give the state of the stack that `process` supervises once all of it is ready; says on what it says meanwhile.

    Raises:
        CannotStartError: it ended, or took too long; the text is the end of what it said.

    """
    deadline = time.monotonic() + seconds
    with _output(options.data).open() as output:
        while True:
            ended = process.poll() is not None
            for line in _lines(output):
                say(line)
            state = read_state(options.data)
            if state is not None and state.supervisor == process.pid and state.ready:
                return state
            if ended or time.monotonic() > deadline:
                said = "\n".join(_output(options.data).read_text().splitlines()[-12:])
                raise CannotStartError(f"the stack did not start (see {options.data / Kept.LOG}):\n{said}")
            time.sleep(_POLL_SECONDS)


def _output(data: Path) -> Path:
    return data / Kept.OUTPUT


def _lines(output: IO[str]) -> list[str]:
    return [line.rstrip("\n") for line in output.readlines()]
