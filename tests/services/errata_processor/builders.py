"""Chains for tests: real ones, and ones that fail in each way a stage can."""

import ctypes
import os
import time

from errata.config.model import Project
from errata.contracts.outcomes import Dropped, Invalid, Reason
from errata.stages.pipeline import Chain, build
from errata.stages.stage import Context, Event
from errata_processor.main import run


class Trap:
    """A stage that does what an event's message says."""

    name = "trap"

    def __call__(self, event: Event, _context: Context) -> Event:
        text = str(event)
        if "please be dropped" in text:
            raise Dropped(Reason.IGNORED_TYPE)
        if "please be invalid" in text:
            raise Invalid(Reason.TOO_DEEP)
        if "please fail" in text:
            raise KeyError("a secret of the client")
        if "please exit" in text:
            os._exit(1)
        if "please segfault" in text:
            ctypes.string_at(0)
        if "please hang" in text:
            time.sleep(3600)
        if "please grow" in text:
            event["exception"] = {"values": [{"type": "E", "value": "x" * 5_000_000}]}
        return event


def with_trap(project: Project) -> Chain:
    return Chain((*build(project).stages, Trap()))


def main() -> None:
    """Run a processor whose chains hold a trap."""
    run(with_trap)
