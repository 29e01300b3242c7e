"""`errata down`: stop what `errata up` started."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import psutil
from cyclopts import Parameter

from errata_cli.local.data_folder import Kept, wipe_folder
from errata_cli.local.leftovers import end_leftovers
from errata_cli.local.locks import try_lock
from errata_cli.local.state import DEFAULT_DATA, is_process, read_state

# Services, then what they need: each at most 10 s before it is killed.
_STOP_SECONDS = 30


def down(
    *,
    data: Annotated[Path, Parameter(env_var="ERRATA_DATA")] = DEFAULT_DATA,
    wipe: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Stop the stack that keeps its data here, cleanly; events in it stay, and are there after the next `errata up`.

    Example: `errata down --wipe`

    Parameters
    ----------
    data
        The folder of data that was given to `errata up`.
    wipe
        Remove the data, too: events, issues, uploads, the log. The configuration stays.

    """
    state = read_state(data)
    if state is not None and state.alive:
        print(f"stopping the stack in {data}")
        os.kill(state.supervisor, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        while is_process(state.supervisor, state.supervisor_started):
            if time.monotonic() > deadline:
                print("it takes too long; killing it", file=sys.stderr)
                psutil.Process(state.supervisor).kill()
            time.sleep(0.05)
        print("stopped")
    else:
        print(f"no stack runs in {data}")
    end_leftovers(read_state(data), print)
    if wipe and data.exists():
        lock = try_lock(data / Kept.LOCK)
        if lock is None:
            print(f"a stack is starting in {data}; nothing was removed", file=sys.stderr)
            return 1
        with lock:
            wipe_folder(data)
        print(f"removed what it kept in {data}")
    return 0
