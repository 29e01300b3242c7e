"""`LocalStack`: real Kafka, Redis, ClickHouse and services for a program that needs them, harms them and heals them.

    with LocalStack(StackOptions(data=folder, only=("kafka", "redis"), kafka_port=0, redis_port=0)) as stack:
        address = stack.environment["ERRATA_KAFKA"]
        stack.kill("kafka")
        stack.wait_ready("kafka")

It is `errata up` in a process of its own, so what is tested is what people run. The supervisor stops everything when
this process ends, however it ends.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from errata_cli.local.background import launch, wait_until_ready
from errata_cli.local.options import StackOptions
from errata_cli.local.part import Say
from errata_cli.local.state import PartState, PartStatus, StackState, read_state

_POLL_SECONDS = 0.05
# Parts stop side by side and services before what they need, at most 10 s each before they are killed.
_STOP_SECONDS = 30


class LocalStack:
    """A stack that belongs to this process."""

    def __init__(self, options: StackOptions, say: Say = lambda _line: None) -> None:
        self.options = options
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and wait until it is ready.

        Raises:
            CannotStartError: it could not be started; nothing is left running.

        """
        self._process = launch(self.options, owned=True)
        try:
            wait_until_ready(self.options, self._process, self._say)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything and wait until it is gone; the data stays."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def remove_data(self) -> None:
        """Remove the data folder of a stopped stack."""
        shutil.rmtree(self.options.data)

    @property
    def state(self) -> StackState:
        """What the supervisor last said of itself and its parts: pids, ports, health."""
        state = read_state(self.options.data)
        assert state is not None, "the stack was not started"
        return state

    @property
    def environment(self) -> dict[str, str]:
        """The ERRATA_* variables that make a service or tool talk to this stack."""
        return self.state.environment

    def part(self, name: str) -> PartState:
        """Give one part as its supervisor last saw it."""
        return self.state.parts[name]

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal that ends a part, and return once the supervisor noticed; it will start the part again."""
        before = self.part(name)
        os.kill(before.pid, number)
        self._wait(lambda: self.part(name).restarts > before.restarts, f"{name} to end")

    def pause(self, name: str) -> None:
        """Stop a part in its tracks (SIGSTOP): it keeps its connections and answers nothing."""
        os.kill(self.part(name).pid, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a paused part go on, as if it had overslept."""
        os.kill(self.part(name).pid, signal.SIGCONT)

    def hold(self, name: str) -> None:
        """Stop a part, and keep it stopped until `release`: connections to it are refused."""
        self._command(f"hold {name}")
        self._wait(lambda: self.part(name).status is PartStatus.HELD, f"{name} to be held")

    def release(self, name: str) -> None:
        """Start a held part again; `wait_ready` says when it is there."""
        self._command(f"release {name}")
        self._wait(lambda: self.part(name).status is not PartStatus.HELD, f"{name} to be released")

    def wait_ready(self, *names: str, seconds: float = 60) -> None:
        """Return once these parts, or all of them, are ready.

        Raises:
            TimeoutError: they were not within that time; the text says what they lack.

        """
        wanted = names or tuple(self.state.parts)
        ready = {PartStatus.READY, PartStatus.DONE}
        self._wait(lambda: all(self.part(name).status in ready for name in wanted), " ".join(wanted), seconds)

    def _command(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        self._process.stdin.flush()

    def _wait(self, holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                parts = {part.name: (part.status, *part.lacks) for part in self.state.parts.values()}
                raise TimeoutError(f"waited {seconds:g} s for {what}: {parts}")
            time.sleep(_POLL_SECONDS)
