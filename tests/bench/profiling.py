"""A profile of one part while it works: py-spy's flame graph, native frames included, if py-spy is installed."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.load.installation import Installation


@contextmanager
def profiled(installation: Installation, part: str, output: Path) -> Iterator[None]:
    """Write a flame graph of what a part does while the context is open; nothing when no part is named.

    py-spy (`pip install py-spy`) needs the right to trace other processes: root, or `kernel.yama.ptrace_scope=0`.
    """
    if not part:
        yield
        return
    py_spy = shutil.which("py-spy")
    if py_spy is None:
        raise SystemExit("--profile needs py-spy: pip install py-spy")
    process = installation.processes().get(part)
    if process is None:
        raise SystemExit(f"no part {part}; there are {', '.join(installation.processes())}")
    command = [py_spy, "record", "--native", "--rate=200", f"--pid={process.pid}", f"--output={output}"]
    recording = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        recording.send_signal(signal.SIGINT)
        recording.wait(60)
        print(f"profile of {part}: {output}")
