"""The local stack on real processes: what starts stops, what dies comes back, nothing is left behind."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from redis import Redis
from tests.servers import stack_options

from errata_cli.local.background import launch, wait_until_ready
from errata_cli.local.part import CannotStartError
from errata_cli.local.stack import LocalStack
from errata_cli.local.state import read_state, write_state

pytestmark = pytest.mark.stack


def errata(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "errata_cli", *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def processes(state):
    return [psutil.Process(pid) for pid in (state.supervisor, *(part.pid for part in state.parts.values()))]


def wait_gone(processes):
    _, alive = psutil.wait_procs(processes, timeout=20)
    return not alive


@pytest.fixture
def options():
    return stack_options("own", only=("redis",))


def test_a_stack_starts_and_stops_and_leaves_no_process():
    with LocalStack(stack_options("own", only=("kafka", "redis"))) as stack:
        running = processes(stack.state)
        assert [process.is_running() for process in running] == [True] * 3
    assert wait_gone(running)


def test_what_redis_and_kafka_held_is_there_after_a_kill(options):
    with LocalStack(options) as stack, Redis.from_url(stack.environment["ERRATA_REDIS"]) as client:
        client.set("kept", "yes")
        first = stack.part("redis").pid
        stack.kill("redis")
        stack.wait_ready("redis")
        assert stack.part("redis").pid != first
        assert client.get("kept") == b"yes"


def test_a_killed_broker_comes_back_and_takes_requests():
    with LocalStack(stack_options("own", only=("kafka", "topics"))) as stack:
        stack.kill("kafka")
        stack.wait_ready("kafka")
        assert errata("topics", "check", **stack.environment).returncode == 0


def test_stacks_in_different_folders_run_side_by_side():
    with (
        LocalStack(stack_options("one", only=("redis",))) as one,
        LocalStack(stack_options("other", only=("redis",))) as other,
    ):
        assert one.environment["ERRATA_REDIS"] != other.environment["ERRATA_REDIS"]
        other.kill("redis")
        other.wait_ready("redis")
        assert one.part("redis").restarts == 0


def test_a_second_stack_in_the_same_folder_is_refused(options):
    with LocalStack(options), pytest.raises(CannotStartError, match=r"runs in .* already"):
        wait_until_ready(options, launch(options, owned=True), print)


def test_a_stack_dies_with_its_owner_even_when_that_is_killed(options):
    code = f"""
import os, signal
from pathlib import Path
from errata_cli.local.options import StackOptions
from errata_cli.local.stack import LocalStack
LocalStack(StackOptions(data=Path({str(options.data)!r}), config=Path({str(options.config)!r}), only=("redis",),
    redis_port=0)).start()
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    assert wait_gone(list(_still(read_state(options.data))))


def _still(state):
    for pid in (state.supervisor, *(part.pid for part in state.parts.values())):
        if pid and psutil.pid_exists(pid):
            yield psutil.Process(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends what a killed supervisor left")
def test_no_part_outlives_a_killed_supervisor(options):
    stack = LocalStack(options)
    stack.start()
    running = processes(stack.state)
    running[0].kill()
    assert wait_gone(running)
    stack.stop()


def test_a_paused_part_is_shown_as_not_answering(options):
    with LocalStack(options) as stack:
        stack.pause("redis")
        deadline = time.monotonic() + 20
        while stack.part("redis").lacks != ("an answer",) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not stack.state.ready
        stack.resume("redis")
        stack.wait_ready("redis")


def test_a_wrong_setting_stops_the_start_and_is_named(monkeypatch):
    monkeypatch.setenv("ERRATA_PARTITIONS", "many")
    with pytest.raises(CannotStartError, match="ERRATA_PARTITIONS"):
        LocalStack(stack_options("own", only=("topics",))).start()


def test_a_broken_configuration_stops_the_start_and_is_named_with_its_line(options):
    (options.config / "projects").mkdir(parents=True)
    (options.config / "projects" / "a.yaml").write_text("id: 1\nslug: shop\nkees: []\n")
    with pytest.raises(CannotStartError, match=r"a.yaml:\d: "):
        LocalStack(options).start()


def test_a_part_that_does_not_exist_is_refused():
    refused = errata("up", "--only=mainframe")
    assert refused.returncode != 0
    assert "mainframe" in refused.stdout + refused.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_cleanly(options, number):
    process = launch(options, owned=False)
    wait_until_ready(options, process, print)
    running = processes(read_state(options.data))
    process.send_signal(number)
    assert process.wait(20) == 0
    assert wait_gone(running)
    assert read_state(options.data).parts["redis"].last_exit == "status 0"


def test_a_second_signal_does_not_wait_for_what_hangs(options):
    process = launch(options, owned=False)
    wait_until_ready(options, process, print)
    redis = psutil.Process(read_state(options.data).parts["redis"].pid)
    redis.suspend()  # it will not hear the request to stop
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(8) == 0  # before the 10 s after which it would be killed anyway
    assert wait_gone([redis])


def test_a_detached_stack_is_shown_stopped_and_wiped(options):
    up = errata("up", "--detach", *options.arguments())
    assert up.returncode == 0, up.stderr
    assert "Errata is ready" in up.stdout
    running = processes(read_state(options.data))
    status = errata("status", "--data", options.data)
    assert (status.returncode, status.stdout.split().count("ready")) == (0, 1)
    (options.data / "mine.txt").touch()

    assert errata("down", "--data", options.data).returncode == 0
    assert wait_gone(running)
    assert (options.data / "redis").is_dir()
    assert errata("status", "--data", options.data).returncode == 1

    assert errata("down", "--data", options.data, "--wipe").returncode == 0
    assert sorted(path.name for path in options.data.iterdir()) == ["config", "mine.txt"]


def test_down_touches_no_process_that_only_has_the_old_pid(options):
    with LocalStack(options):
        pass
    state = read_state(options.data)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        state.supervisor = stranger.pid
        state.supervisor_started -= 3600
        write_state(options.data, state)
        assert "no stack runs" in errata("down", "--data", options.data).stdout
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_tools_find_the_stack_that_runs_here():
    with LocalStack(stack_options("own", only=("kafka", "topics"))) as stack:
        bare = dict.fromkeys(("ERRATA_KAFKA", "ERRATA_REDIS", "ERRATA_CLICKHOUSE"), "")
        found = errata("topics", "check", **bare, ERRATA_DATA=str(stack.options.data))
        assert found.stdout == "all topics are as they should be\n"
