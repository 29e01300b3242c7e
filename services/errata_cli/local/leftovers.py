"""Processes that outlived their supervisor: Linux kills them with it, other systems leave that to the next start."""

import psutil

from errata_cli.local.part import Say
from errata_cli.local.state import StackState, is_process


def end_leftovers(state: StackState | None, say: Say) -> None:
    """Kill what a dead supervisor's state file says it had started, and what is still that very process."""
    for part in state.parts.values() if state is not None else ():
        if part.pid and is_process(part.pid, part.started_at):
            say(f"{part.name} was left over from an earlier run (pid {part.pid}); it is ended")
            process = psutil.Process(part.pid)
            process.kill()
            process.wait(10)
