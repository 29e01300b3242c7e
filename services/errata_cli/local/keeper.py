"""Keeping one part running: started when what it needs is there, watched, and started again when it dies."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Sequence

from errata_cli.local.log import StackLog
from errata_cli.local.part import CannotStartError, Part, Say
from errata_cli.local.probes import ask
from errata_cli.local.process import Child, describe_exit
from errata_cli.local.state import PartState, PartStatus

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 15.0
# Ready for this long, a part has recovered: its next death is a new story and starts with a short pause.
_WELL_SECONDS = 10.0
# A part that starts is asked often, since others wait for it; one that runs only to show when it is not well.
_PROBE_STARTING, _PROBE_RUNNING = 0.1, 1.0


def pause_before(restart: int) -> float:
    """Give the seconds to wait before the first, second... restart in a row."""
    return min(_FIRST_PAUSE * 2.0 ** min(restart - 1, 10), _LONGEST_PAUSE)


class Keeper:
    """Keeps one part; `state` always says how it is, and `changed` is called after each change of it."""

    def __init__(self, part: Part, state: PartState, log: StackLog, say: Say, changed: Callable[[], None]) -> None:
        self.part = part
        self.state = state
        self.met = asyncio.Event()
        """Set when the part was ready, or the job done, for the first time: those who need it may start."""
        self._log = log
        self._say = say
        self._changed = changed
        self._child: Child | None = None
        self._stopping: asyncio.Task[int] | None = None
        self._last_lines: Iterable[str] = ()
        self._ready_since: float | None = None
        self._released = asyncio.Event()
        self._released.set()

    async def keep(self, needs: "Sequence[Keeper]") -> None:
        """Run the part until cancelled, or the job until it ended well.

        Raises:
            CannotStartError: trying again cannot help.

        """
        for need in needs:
            await need.met.wait()
        if self.part.prepare is not None:
            self._show(PartStatus.PREPARING)
            await self.part.prepare(lambda text: self._say(f"{self.part.name}: {text}"))
        deaths = 0
        while True:
            if not self._released.is_set():
                self._show(PartStatus.HELD)
                await self._released.wait()
            code = await self._run()
            if code == 0 and self.part.is_job:
                self._show(PartStatus.DONE)
                self.met.set()
                return
            if not self._released.is_set():
                continue
            if code == os.EX_CONFIG:
                said = ["it ended with status 78: to start it again would change nothing. It said:", *self._last_lines]
                raise CannotStartError("\n".join(said))
            deaths = 1 if self._was_well() else deaths + 1
            self.state.restarts += 1
            self._show(PartStatus.BACKING_OFF)
            self._say(f"{self.part.name} ended with {describe_exit(code)}; next try in {pause_before(deaths):g} s")
            await asyncio.sleep(pause_before(deaths))

    async def stop(self) -> None:
        """Stop the process; it is killed when it takes longer than its part may. Call after `keep` was cancelled."""
        if self._child is not None:
            code = await self._child.stop(self.part.stop_seconds)
            self.state.last_exit = describe_exit(code)
        self.state.pid = 0
        self._show(PartStatus.STOPPED)

    def fail(self) -> None:
        """Show that the part was given up."""
        self._show(PartStatus.FAILED)

    def hold(self) -> None:
        """Stop the process and start none until `release`."""
        self._released.clear()
        if self._child is not None:
            self._stopping = asyncio.create_task(self._child.stop(self.part.stop_seconds))

    def release(self) -> None:
        """Let the part start again."""
        self._released.set()

    def kill(self) -> None:
        """Kill the process at once."""
        if self._child is not None:
            self._child.kill()

    def _was_well(self) -> bool:
        return self._ready_since is not None and time.monotonic() - self._ready_since >= _WELL_SECONDS

    async def _run(self) -> int:
        """Run the program to its end and give its status; 127, as a shell does, when there is none."""
        self._ready_since = None
        self._show(PartStatus.STARTING)
        name = self.part.name
        try:
            child = await Child.start(
                self.part.command, self.part.environment, lambda line: self._log.write(name, line)
            )
        except OSError as error:
            self._log.write(name, f"{self.part.command[0]}: {error.strerror}")
            return 127
        self._child, self._last_lines = child, child.last_lines
        self.state.pid, self.state.started_at = child.pid, child.started_at
        self._changed()
        watch = asyncio.create_task(self._watch())
        try:
            code = await child.wait()
        finally:
            watch.cancel()
        self._child = None
        self.state.pid, self.state.last_exit = 0, describe_exit(code)
        return code

    async def _watch(self) -> None:
        while self.part.probe is not None:
            lacks = await ask(self.part.probe)
            if lacks == ():
                if self._ready_since is None:
                    self._ready_since = time.monotonic()
                    self._say(f"{self.part.name} is ready after {time.time() - self.state.started_at:.1f} s")
                self._show(PartStatus.READY)
                self.met.set()
            else:
                status = PartStatus.STARTING if self._ready_since is None else PartStatus.UNREADY
                self._show(status, lacks or ("an answer",))
            await asyncio.sleep(_PROBE_STARTING if self._ready_since is None else _PROBE_RUNNING)

    def _show(self, status: PartStatus, lacks: tuple[str, ...] = ()) -> None:
        if (status, lacks) != (self.state.status, self.state.lacks):
            self.state.status, self.state.lacks = status, lacks
            self._changed()
