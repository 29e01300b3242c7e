"""What the processes of a stack use between two moments: CPU time and memory, asked of the kernel."""

from dataclasses import dataclass

import psutil
from tests.load.installation import Installation

SENDER = "(sender)"
"""This process: its CPU is shown, since it is not available to what it measures, and counts nowhere."""


@dataclass
class Usage:
    """What one process used over a run."""

    cpu_seconds: float = 0.0
    rss_mib: float = 0.0


Usages = dict[str, Usage]
"""By part of the stack, `supervisor` and `SENDER`."""


class Watch:
    """The processes of a stack, its supervisor and this one, from now on."""

    def __init__(self, installation: Installation) -> None:
        supervisor = psutil.Process(installation.state.supervisor)
        self._processes = installation.processes() | {"supervisor": supervisor, SENDER: psutil.Process()}
        self._before = {name: _cpu(process) for name, process in self._processes.items()}

    def read(self) -> Usages:
        """Give what each has used since, and the memory that it holds now."""
        return {
            name: Usage(_cpu(process) - self._before[name], process.memory_info().rss / 2**20)
            for name, process in self._processes.items()
        }


def cpu_seconds(usages: Usages, *prefixes: str) -> float:
    """Give the CPU seconds of the parts whose names begin so; of the whole stack when none is given."""
    return sum(
        usage.cpu_seconds
        for name, usage in usages.items()
        if name != SENDER and (not prefixes or name.startswith(prefixes))
    )


def memory_mib(usages: Usages) -> float:
    """Give the resident memory of the whole stack; pages that processes share count in each of them."""
    return sum(usage.rss_mib for name, usage in usages.items() if name != SENDER)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
