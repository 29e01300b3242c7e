"""What a part of the stack is: a program, what it needs first, and how one sees that it is well."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from errata_cli.local.probes import Probe

Say = Callable[[str], None]
"""Tells the person who waits one line."""


class CannotStartError(Exception):
    """The stack cannot be started here; the text says why and what to do about it."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One program that the supervisor keeps running, or a job that must end well once."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Besides the supervisor's own."""
    needs: tuple[str, ...] = ()
    """Parts that must be ready, and jobs that must be done, before this one is started first."""
    probe: Probe | None = None
    """None for a job."""
    port: int = 0
    """Where people reach it."""
    prepare: Callable[[Say], Awaitable[None]] | None = None
    """What to do before its first start; raises `CannotStartError`."""
    stop_seconds: float = 10
    """How long it may take to stop before it is killed."""

    @property
    def is_job(self) -> bool:
        """Whether it is done when it ends with status 0."""
        return self.probe is None
