"""Running a stack in this process: from nothing to ready, until it is told to stop, and down again."""

import asyncio
import signal
import sys

import psutil

from errata.config.loading import ConfigError, load_config
from errata.config.model import Config
from errata.runtime.signals import unless_stopped
from errata_cli.local.data_folder import Kept
from errata_cli.local.first_config import make_first_config
from errata_cli.local.leftovers import end_leftovers
from errata_cli.local.locks import try_lock
from errata_cli.local.log import StackLog
from errata_cli.local.options import StackOptions
from errata_cli.local.part import CannotStartError
from errata_cli.local.plan import Plan, make_plan
from errata_cli.local.requirements import missing_requirements
from errata_cli.local.screen import Screen
from errata_cli.local.secret import stack_secret
from errata_cli.local.state import StackState, read_state
from errata_cli.local.summary import summary
from errata_cli.local.supervisor import Supervisor


def run_stack(options: StackOptions, *, controlled: bool) -> int:
    """Run a stack until it is told to stop; give the exit status of `errata up`.

    With `controlled`, standard input is its owner's: lines are obeyed, and its end stops the stack.

    Raises:
        CannotStartError: something is missing or wrong; nothing was started.

    """
    options.data.mkdir(parents=True, exist_ok=True)
    log = StackLog(options.data / Kept.LOG)
    screen = Screen(log)
    missing = missing_requirements(options)
    if missing:
        raise CannotStartError("\n".join(missing))
    lock = try_lock(options.data / Kept.LOCK)
    if lock is None:
        raise CannotStartError(f"a stack runs in {options.data} already; see `errata status`")
    with lock:
        end_leftovers(read_state(options.data), screen.say)
        if make_first_config(options.config):
            screen.say(f"made a first configuration in {options.config}: project `shop`, three alert rules")
        try:
            config = load_config(options.config)
        except ConfigError as error:
            raise CannotStartError(str(error)) from None
        plan = make_plan(options, log, stack_secret(options.data))
        for note in plan.notes:
            screen.say(note)
        return asyncio.run(_run(options, plan, _state(plan, config), log, screen, controlled=controlled))


def _state(plan: Plan, config: Config) -> StackState:
    me = psutil.Process()
    dsns = {
        project.slug: f"http://{key.public}@127.0.0.1:{plan.relay_port}/{project.id}"
        for project in config.projects.values()
        for key in project.keys[:1]
    }
    return StackState(
        supervisor=me.pid,
        supervisor_started=me.create_time(),
        environment=plan.environment,
        dsns=dsns,
        console=f"http://127.0.0.1:{plan.console_port}",
        parts={},
    )


async def _run(
    options: StackOptions, plan: Plan, state: StackState, log: StackLog, screen: Screen, *, controlled: bool
) -> int:
    supervisor = Supervisor(plan.parts, options.data, log, screen.say, state)
    stop = asyncio.Event()
    _stop_on_signals(stop, supervisor)
    supervisor.start()
    progress = asyncio.create_task(_show_progress(supervisor, screen))
    obeying = asyncio.create_task(_obey_standard_input(supervisor, stop)) if controlled else None
    await unless_stopped(stop, supervisor.settled.wait())
    progress.cancel()
    screen.waiting_for([])
    if state.ready:
        screen.say(summary(options.data, state))
        await stop.wait()
    screen.say("stopping")
    await supervisor.stop()
    if obeying is not None:
        obeying.cancel()
    screen.say("stopped")
    return 1 if state.failed else 0


def _stop_on_signals(stop: asyncio.Event, supervisor: Supervisor) -> None:
    """Stop cleanly on the first signal (Ctrl-C, `errata down`, a closed terminal); kill everything on the second."""

    def asked() -> None:
        if stop.is_set():
            supervisor.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, asked)


async def _obey_standard_input(supervisor: Supervisor, stop: asyncio.Event) -> None:
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        supervisor.obey(line.decode())
    stop.set()


async def _show_progress(supervisor: Supervisor, screen: Screen) -> None:
    while True:
        screen.waiting_for(supervisor.waiting_for())
        await asyncio.sleep(0.2)
