"""`errata tour`: the whole pipeline on this machine, a few real errors through it, and what came of them."""

import asyncio
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from errata.contracts.times import now
from errata.contracts.topics import ALERTS
from errata.runtime.settings import CommonSettings, load
from errata_cli.local.options import DEFAULT_CONFIG, StackOptions
from errata_cli.local.part import CannotStartError
from errata_cli.local.stack import LocalStack
from errata_cli.local.state import DEFAULT_DATA, StackState, read_state
from errata_cli.tour import report
from errata_cli.tour.answers import Answers
from errata_cli.tour.story import CARD_ERROR, Check, Story


def tour(
    *,
    once: Annotated[bool, Parameter(negative="")] = False,
    data: Annotated[Path, Parameter(env_var="ERRATA_DATA")] = DEFAULT_DATA,
    config: Annotated[Path, Parameter(env_var="ERRATA_CONFIG")] = DEFAULT_CONFIG,
) -> int:
    """Bring everything up, send a few real errors with the Sentry client, and show what came of each.

    Afterwards it stays up and prints the DSN to use, until Ctrl-C. A stack that runs in the data folder already is
    used as it is, and left running.

    Example: `errata tour --once`

    Parameters
    ----------
    once
        Stop afterwards; the exit status is 0 when everything came out as promised, 1 when not.
    data
        The folder that holds everything the stack keeps.
    config
        The folder of the configuration, `projects/*.yaml` and `alerts/*.json`; a first one is made when it is empty.

    """
    running = read_state(data)
    if running is not None and running.alive and running.ready:
        print(f"the stack in {data} is used")
        return asyncio.run(_visit(running))
    stack = LocalStack(StackOptions(data=data, config=config), say=lambda line: print(line, flush=True))
    try:
        with stack:
            status = asyncio.run(_visit(stack.state))
            if not once:
                _stay(stack.state)
            return status
    except CannotStartError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _visit(state: StackState) -> int:
    """Tell the story to a running stack and show everything; give 0 when all of it came true."""
    os.environ.update(state.environment)
    settings = load(CommonSettings)
    # Rich takes 80 columns where there is no terminal, and folds the tables.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    answers = Answers(settings, run := secrets.token_hex(3), now())
    dsn = next(iter(state.dsns.values()))
    console.print("\n[bold]A small shop sends real errors with the Sentry client[/]")
    checks = await Story(dsn, run, answers, lambda line: console.print(f"  {line}")).tell()
    report.show_issues(console, await answers.issues())
    report.show_alerts(console, settings.topic_prefix + ALERTS, await answers.alerts())
    event_id, stored = await answers.stored(CARD_ERROR)
    report.show_scrubbing(console, await answers.sent(event_id), stored)
    console.print("\n[bold]Audit[/] (errata audit: each item that came in ended exactly once)")
    audit = await asyncio.create_subprocess_exec(sys.executable, "-m", "errata_cli", "audit", "--wait", "30")
    checks.append(Check("the audit agrees", await audit.wait() == 0))
    console.print()
    report.show_checks(console, checks)
    return 0 if all(check.holds for check in checks) else 1


def _stay(state: StackState) -> None:
    """Say where to send errors, and wait for Ctrl-C."""
    print("\nErrata stays up. Point any Sentry client here:")
    for slug, dsn in state.dsns.items():
        print(f"  {slug}: {dsn}")
    print(
        "Look at issues with `errata issues list`, at parts with `errata status`. Ctrl-C stops everything.", flush=True
    )
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    over.wait()
