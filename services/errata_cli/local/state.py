"""What a running stack says of itself: one JSON file in its data folder, always whole, that everyone else reads."""

import os
from enum import StrEnum
from pathlib import Path

import msgspec
import psutil

from errata_cli.local.data_folder import Kept

DEFAULT_DATA = Path(".errata/stack")


class PartStatus(StrEnum):
    """Where a part stands."""

    WAITING = "waiting"
    """For the parts it needs."""
    PREPARING = "preparing"
    STARTING = "starting"
    READY = "ready"
    UNREADY = "unready"
    """It was ready, and now lacks something."""
    BACKING_OFF = "backing off"
    """It died, and is started again in a while."""
    HELD = "held"
    """Stopped on request, until it is released."""
    DONE = "done"
    """A job that ended well."""
    FAILED = "failed"
    """It said that starting it again changes nothing: a wrong setting, lost records."""
    STOPPED = "stopped"


class PartState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One part as its supervisor last saw it."""

    name: str
    status: PartStatus = PartStatus.WAITING
    pid: int = 0
    """0 while no process runs."""
    started_at: float = 0.0
    """Seconds since 1970, UTC."""
    restarts: int = 0
    port: int = 0
    lacks: tuple[str, ...] = ()
    """What its health check says is missing."""
    last_exit: str = ""
    """How its last process ended, in words."""


class StackState(msgspec.Struct, kw_only=True):
    """A whole stack."""

    supervisor: int
    supervisor_started: float
    """The process's creation time: a pid alone may have been given to another process since."""
    ready: bool = False
    failed: str = ""
    """Why the start was given up."""
    environment: dict[str, str]
    """The ERRATA_* variables that make tools talk to this stack; no secrets."""
    dsns: dict[str, str]
    """By project slug."""
    console: str = ""
    """Where `sentry-cli` finds the API."""
    parts: dict[str, PartState]

    @property
    def alive(self) -> bool:
        """Whether the supervisor that wrote this still runs."""
        return is_process(self.supervisor, self.supervisor_started)


def state_file(data: Path) -> Path:
    """Give the place of a stack's state in its data folder."""
    return data / Kept.STATE


def write_state(data: Path, state: StackState) -> None:
    """Put the state in place of the last one, so that no reader ever sees half of it.

    Its owner alone may read it: addresses can hold passwords.
    """
    fresh = data / Kept.STATE_MAKING
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(state), indent=1))
    fresh.replace(state_file(data))


def read_state(data: Path) -> StackState | None:
    """Give what the stack in a data folder last said; None when none ever ran there."""
    try:
        return msgspec.json.decode(state_file(data).read_bytes(), type=StackState)
    except FileNotFoundError:
        return None


def is_process(pid: int, started: float) -> bool:
    """Whether this very process still runs; its creation time is compared, since pids are used again."""
    try:
        process = psutil.Process(pid)
        # Creation times are reckoned from the boot time, which moves a little when the clock is set.
        return abs(process.create_time() - started) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def data_folder() -> Path:
    """Give the data folder that tools mean when none is named."""
    return Path(os.environ.get("ERRATA_DATA") or DEFAULT_DATA)


def adopt_running_stack() -> None:
    """Let the tools of this process talk to the stack that runs here; variables that are set already win."""
    state = read_state(data_folder())
    if state is not None and state.alive:
        for name, value in state.environment.items():
            os.environ[name] = os.environ.get(name) or value
