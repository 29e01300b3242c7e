"""Running a whole stack: its parts are started in the order of their needs and stopped in reverse."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from errata_cli.local.keeper import Keeper
from errata_cli.local.log import StackLog
from errata_cli.local.part import CannotStartError, Part, Say
from errata_cli.local.state import PartState, PartStatus, StackState, write_state


class Supervisor:
    """Keeps the parts of one stack, and the state file that tells others of them. One object, one run."""

    def __init__(self, parts: Sequence[Part], data: Path, log: StackLog, say: Say, state: StackState) -> None:
        """Take parts in an order in which each stands after those it needs."""
        self.state = state
        self.settled = asyncio.Event()
        """Set once every part is ready, or the start was given up; `state` says which."""
        self._data = data
        self._say = say
        self._keepers: dict[str, Keeper] = {}
        self._tasks: list[asyncio.Task[None]] = []
        for part in parts:
            state.parts[part.name] = PartState(name=part.name, port=part.port)
            self._keepers[part.name] = Keeper(part, state.parts[part.name], log, say, self._changed)

    def start(self) -> None:
        """Begin to start everything; `settled` says when that is over."""
        self._changed()
        for keeper in self._keepers.values():
            self._tasks.append(asyncio.create_task(self._keep(keeper)))

    async def stop(self) -> None:
        """Stop every part, those that need others first."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        left = list(self._keepers.values())
        while left:
            needed = {need for keeper in left for need in keeper.part.needs}
            last = [keeper for keeper in left if keeper.part.name not in needed]
            await asyncio.gather(*(keeper.stop() for keeper in last))
            left = [keeper for keeper in left if keeper not in last]

    def kill(self) -> None:
        """Kill every process at once, for a person who does not want to wait."""
        for keeper in self._keepers.values():
            keeper.kill()

    def obey(self, line: str) -> None:
        """Carry out one line of whoever controls this stack: `hold PART` or `release PART`; others are refused."""
        verb, _, name = line.strip().partition(" ")
        keeper = self._keepers.get(name)
        if keeper is None or verb not in {"hold", "release"}:
            self._say(f"not understood: {line.strip()!r}")
        elif verb == "hold":
            keeper.hold()
        else:
            keeper.release()

    def waiting_for(self) -> list[str]:
        """Give the names of the parts that are not ready yet, with what they lack."""
        return [
            f"{part.name} ({', '.join(part.lacks)})" if part.lacks else part.name
            for part in self.state.parts.values()
            if part.status not in {PartStatus.READY, PartStatus.DONE, PartStatus.WAITING}
        ]

    async def _keep(self, keeper: Keeper) -> None:
        try:
            await keeper.keep([self._keepers[need] for need in keeper.part.needs])
        except Exception as error:  # noqa: BLE001 - a part's trouble, ours too, is told and leaves the others alone
            keeper.fail()
            told = isinstance(error, CannotStartError)
            reason = f"{keeper.part.name}: {error if told else repr(error)}"
            self._say(reason)
            if not self.settled.is_set():
                self.state.failed = reason
                self._changed()
                self.settled.set()

    def _changed(self) -> None:
        parts = self.state.parts.values()
        self.state.ready = all(part.status in {PartStatus.READY, PartStatus.DONE} for part in parts)
        # A full disk must not stop the parts; the next change is written again.
        with contextlib.suppress(OSError):
            write_state(self._data, self.state)
        if self.state.ready:
            self.settled.set()
