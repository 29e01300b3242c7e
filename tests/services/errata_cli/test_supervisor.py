"""The supervisor: order, restarts, giving up and stopping, shown on small programs of the test's own."""

import asyncio
import os
import sys

import psutil
import pytest
from tests.waiting import eventually

from errata_cli.local.keeper import pause_before
from errata_cli.local.log import StackLog
from errata_cli.local.part import CannotStartError, Part
from errata_cli.local.state import PartStatus, StackState, read_state
from errata_cli.local.supervisor import Supervisor


class Stack:
    """A supervisor on parts that are Python one-liners, with what it said."""

    def __init__(self, folder, *parts):
        self.folder = folder
        self.said = []
        self.state = StackState(supervisor=os.getpid(), supervisor_started=0, environment={}, dsns={}, parts={})
        self.supervisor = Supervisor(parts, folder, StackLog(folder / "log"), self.said.append, self.state)

    async def __aenter__(self):
        self.supervisor.start()
        return self

    async def __aexit__(self, *_):
        await self.supervisor.stop()

    async def until(self, holds):
        assert await eventually(holds, every=0.01)

    async def settled(self):
        async with asyncio.timeout(20):
            await self.supervisor.settled.wait()


def python(code):
    return (sys.executable, "-c", code)


async def well():
    return ()


def server(name, code="import time; time.sleep(60)", **more):
    return Part(name=name, command=python(code), probe=well, **more)


def job(name, code, **more):
    return Part(name=name, command=python(code), **more)


async def test_parts_start_when_what_they_need_is_ready(tmp_path):
    note = f"open({str(tmp_path / 'order')!r}, 'a').write"
    parts = (
        server("store", f"{note}('store '); import time; time.sleep(60)"),
        job("tables", f"{note}('tables ')", needs=("store",)),
        server("service", f"{note}('service '); import time; time.sleep(60)", needs=("store", "tables")),
    )
    async with Stack(tmp_path, *parts) as stack:
        await stack.settled()
        await stack.until(lambda: (tmp_path / "order").read_text().endswith("service "))
        assert (tmp_path / "order").read_text().split() == ["store", "tables", "service"]
        assert stack.state.ready
        assert stack.state.parts["tables"].status is PartStatus.DONE


async def test_parts_stop_before_what_they_need(tmp_path):
    goodbye = "import signal, sys, time; signal.signal(15, lambda *_: (print('bye', flush=True), sys.exit())); "
    # Ready only with the handler in place, which the file says.
    parts = []
    for name, needs in (("store", ()), ("service", ("store",)), ("user", ("service",))):
        mark = tmp_path / name

        async def probe(mark=mark):
            return () if mark.exists() else ("mark",)

        code = goodbye + f"open({str(mark)!r}, 'w'); time.sleep(60)"
        parts.append(Part(name=name, command=python(code), probe=probe, needs=needs))
    async with Stack(tmp_path, *parts) as stack:
        await stack.settled()
    lines = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert [line[2] for line in lines if line[-1] == "bye"] == ["user", "service", "store"]


async def test_a_killed_part_comes_back_and_that_is_said(tmp_path):
    async with Stack(tmp_path, server("store")) as stack:
        await stack.settled()
        first = stack.state.parts["store"].pid
        psutil.Process(first).kill()
        await stack.until(lambda: stack.state.ready and stack.state.parts["store"].restarts == 1)
        assert stack.state.parts["store"].pid != first
        assert "store ended with SIGKILL; next try in 0.25 s" in stack.said


async def test_a_job_that_fails_is_tried_again(tmp_path):
    mark = tmp_path / "tried"
    code = f"import os, sys; tried = os.path.exists({str(mark)!r}); open({str(mark)!r}, 'w'); sys.exit(not tried)"
    async with Stack(tmp_path, job("tables", code)) as stack:
        await stack.settled()
        assert stack.state.ready
        assert "tables ended with status 1; next try in 0.25 s" in stack.said


async def test_a_wrong_setting_stops_the_start_and_names_it(tmp_path):
    code = "import sys; print('ERRATA_PARTITIONS: too many'); sys.exit(78)"
    async with Stack(tmp_path, job("topics", code), server("relay", needs=("topics",))) as stack:
        await stack.settled()
        assert not stack.state.ready
        assert "topics" in stack.state.failed
        assert "ERRATA_PARTITIONS: too many" in stack.state.failed
        assert stack.state.parts["topics"].status is PartStatus.FAILED
        assert stack.state.parts["relay"].status is PartStatus.WAITING


async def test_a_part_that_is_refused_later_is_left_alone_while_the_others_run(tmp_path):
    code = f"import os, sys, time; os.path.exists({str(tmp_path / 'broken')!r}) and sys.exit(78); time.sleep(60)"
    async with Stack(tmp_path, server("relay", code), server("store")) as stack:
        await stack.settled()
        (tmp_path / "broken").touch()
        psutil.Process(stack.state.parts["relay"].pid).kill()
        await stack.until(lambda: stack.state.parts["relay"].status is PartStatus.FAILED)
        assert stack.state.parts["store"].status is PartStatus.READY
        assert any(line.startswith("relay: it ended with status 78") for line in stack.said)


async def test_a_preparation_that_can_not_succeed_stops_the_start(tmp_path):
    async def prepare(say):
        say("fetching")
        raise CannotStartError("no jars")

    async with Stack(tmp_path, server("kafka", prepare=prepare)) as stack:
        await stack.settled()
        assert stack.state.failed == "kafka: no jars"
        assert stack.said == ["kafka: fetching", "kafka: no jars"]


async def test_a_program_that_is_not_there_is_tried_again_and_named_in_the_log(tmp_path):
    async with Stack(tmp_path, Part(name="redis", command=("no-such-program",), probe=well)) as stack:
        await stack.until(lambda: stack.state.parts["redis"].restarts == 1)
        assert "no-such-program: No such file or directory" in (tmp_path / "log").read_text()


async def test_a_part_that_ignores_the_request_to_stop_is_killed(tmp_path):
    mark = tmp_path / "deaf"

    async def probe():
        return () if mark.exists() else ("mark",)

    code = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(mark)!r}, 'w'); time.sleep(60)"
    part = Part(name="deaf", command=python(code), probe=probe, stop_seconds=0.2)
    async with Stack(tmp_path, part) as stack:
        await stack.settled()
    assert stack.state.parts["deaf"].last_exit == "SIGKILL"


async def test_a_held_part_stays_stopped_until_it_is_released(tmp_path):
    async with Stack(tmp_path, server("store")) as stack:
        await stack.settled()
        stack.supervisor.obey("hold store\n")
        await stack.until(lambda: stack.state.parts["store"].status is PartStatus.HELD)
        assert stack.state.parts["store"].pid == 0
        stack.supervisor.obey("release store\n")
        await stack.until(lambda: stack.state.ready)
        assert stack.state.parts["store"].restarts == 0
        stack.supervisor.obey("burn store\n")
        assert stack.said[-1] == "not understood: 'burn store'"


async def test_a_part_that_waits_for_its_next_try_can_be_held(tmp_path):
    async with Stack(tmp_path, job("tables", "raise SystemExit(1)")) as stack:
        await stack.until(lambda: stack.state.parts["tables"].status is PartStatus.BACKING_OFF)
        stack.supervisor.obey("hold tables\n")
        await stack.until(lambda: stack.state.parts["tables"].status is PartStatus.HELD)


async def test_what_a_part_started_itself_does_not_outlive_it(tmp_path):
    note = tmp_path / "grandchild"
    code = (
        "import subprocess, sys, time; "
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"open({str(note)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )

    async def probe():
        return () if note.exists() and note.read_text() else ("child",)

    async with Stack(tmp_path, Part(name="processor", command=python(code), probe=probe)) as stack:
        await stack.settled()
        grandchild = psutil.Process(int(note.read_text()))
        psutil.Process(stack.state.parts["processor"].pid).kill()
        await stack.until(lambda: stack.state.parts["processor"].restarts == 1)
        assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE


async def test_what_a_part_lacks_is_shown(tmp_path):
    lacking = ["kafka"]

    async def probe():
        return tuple(lacking)

    async with Stack(tmp_path, Part(name="relay", command=python("import time; time.sleep(60)"), probe=probe)) as stack:
        await stack.until(lambda: stack.state.parts["relay"].lacks == ("kafka",))
        assert stack.supervisor.waiting_for() == ["relay (kafka)"]
        lacking.clear()
        await stack.until(lambda: stack.state.ready)
        lacking.append("redis")
        await stack.until(lambda: stack.state.parts["relay"].status is PartStatus.UNREADY)
        assert not stack.state.ready


async def test_the_state_file_says_what_the_supervisor_knows(tmp_path):
    async with Stack(tmp_path, server("store", port=4711)) as stack:
        await stack.settled()
        read = read_state(tmp_path)
        assert read == stack.state
        assert read.parts["store"].port == 4711
        assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("restart", "seconds"), [(1, 0.25), (2, 0.5), (3, 1), (7, 15), (100_000, 15)])
def test_the_pause_doubles_up_to_a_bound(restart, seconds):
    assert pause_before(restart) == seconds
