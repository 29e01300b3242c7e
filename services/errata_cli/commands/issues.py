"""`errata issues`: what is broken, since when and how often; and saying that it is fixed.

Reading asks ClickHouse, which is about a second behind. Changing sends a command to the tracker and waits for the
transition that it leads to.
"""

import getpass
import sys
import uuid
from collections.abc import Coroutine
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from errata.contracts.messages import Command, CommandAction, IssueState, IssueStatus
from errata.contracts.times import DAY, now, to_datetime
from errata.issues.evolution import transition_id
from errata.runtime.settings import CommonSettings, load
from errata.stores.clickhouse.client import ClickHouse
from errata.stores.kafka.commands import send_command
from errata_cli.commands.run import run

app = App(name="issues", help="Issues: list, show, resolve, archive, reopen.")

_FIND = "SELECT state FROM issues FINAL WHERE short_id = upper({name:String}) OR toString(issue_id) = {name:String}"
_LIST = """
    SELECT short_id, status, level, title, count, users, last_seen, last_release
    FROM issues FINAL
    WHERE ({status:String} IN ('', status)) AND ({project:UInt64} IN (0, project))
    ORDER BY last_seen DESC LIMIT {limit:UInt32}
"""
_PARTS = {
    "Latest events": """
        SELECT received_at AS received, toString(event_id) AS event, level, environment, release, user
        FROM events WHERE project = {project:UInt64} AND group_hash = {issue:String}
        ORDER BY received_at DESC LIMIT 5
    """,
    "History": """
        SELECT happened_at AS at, what, who, in_release AS release, why FROM issue_history
        WHERE project = {project:UInt64} AND issue = {issue:String} ORDER BY happened_at DESC LIMIT 10
    """,
    "Alerts": """
        SELECT fired, rule, in_environment AS environment, in_release AS release, why FROM alert_history
        WHERE project = {project:UInt64} AND issue = {issue:String} ORDER BY fired DESC LIMIT 10
    """,
}
_AIMS = {
    CommandAction.RESOLVE: IssueStatus.RESOLVED,
    CommandAction.ARCHIVE: IssueStatus.ARCHIVED,
    CommandAction.REOPEN: IssueStatus.UNRESOLVED,
}
_WAIT_SECONDS = 15.0

ResultT = TypeVar("ResultT")
Wait = Annotated[bool, Parameter(negative="--no-wait")]


class _UnknownIssueError(Exception):
    """No issue has this name."""


@app.command(name="list")
def show_all(*, status: IssueStatus | None = None, project: int = 0, limit: int = 50) -> None:
    """List issues, those seen last first.

    Example: `errata issues list --status unresolved --project 1`

    Parameters
    ----------
    status
        Show only issues in this state; without it those in any.
    project
        Show only issues of the project with this id; 0 shows those of all.
    limit
        How many issues to show at most.

    """
    settings = load(CommonSettings)
    parameters = {"status": status or "", "project": project, "limit": limit}
    _, rows = _run(_ask(settings, _LIST, parameters))
    table = Table("issue", "status", "level", "title", "events", "users 24h", "last seen", "release", box=None)
    for row in rows:
        table.add_row(*map(_text, row))
    _console().print(table)


@app.command
def show(issue: str) -> None:
    """Show one issue: its state, its latest events, what was done to it, what it set off.

    Example: `errata issues show SHOP-12`

    Parameters
    ----------
    issue
        The issue's short id, such as SHOP-12, or its id of 16 hex digits.

    """
    settings = load(CommonSettings)
    state = _run(_find(settings, issue))
    console = _console()
    console.print(f"{state.short_id}  {state.status}", style="bold")
    console.print(state.title)
    details = Table.grid(padding=(0, 2))
    for name, value in (
        ("id", state.issue_id),
        ("culprit", state.culprit),
        ("level", state.level),
        ("events", state.count),
        ("users, 24 hours", state.users),
        ("first seen", f"{to_datetime(state.first_seen):%Y-%m-%d %H:%M:%S}  {state.first_release}"),
        ("last seen", f"{to_datetime(state.last_seen):%Y-%m-%d %H:%M:%S}  {state.last_release}"),
        ("resolved in", state.resolved_in_release),
        ("archived until", f"{to_datetime(state.archived_until):%Y-%m-%d %H:%M:%S}" if state.archived_until else ""),
        ("regressions", state.regressions),
    ):
        if value:
            details.add_row(name, str(value))
    console.print(details)
    for title, sql in _PARTS.items():
        names, rows = _run(_ask(settings, sql, {"project": state.project, "issue": state.issue_id}))
        if rows:
            table = Table(*names, title=title, title_justify="left", box=None)
            for row in rows:
                table.add_row(*map(_text, row))
            console.print()
            console.print(table)


@app.command
def resolve(issue: str, *, in_release: str = "", wait: Wait = True) -> int:
    """Say that an issue is fixed; a later release that has it again brings it back.

    Example: `errata issues resolve SHOP-12 --in-release shop@1.1.0`

    Parameters
    ----------
    issue
        The issue's short id, such as SHOP-12, or its id of 16 hex digits.
    in_release
        The release with the fix; without it, the latest release that the issue was seen in.
    wait
        Wait until the tracker has done it, at most 15 seconds.

    """
    return _act(issue, CommandAction.RESOLVE, wait=wait, in_release=in_release)


@app.command
def archive(issue: str, *, days: float = 0, wait: Wait = True) -> int:
    """Hear no more of an issue, for good or for some days: it counts on, but sets off no alerts.

    Example: `errata issues archive SHOP-12 --days 7`

    Parameters
    ----------
    issue
        The issue's short id, such as SHOP-12, or its id of 16 hex digits.
    days
        After so many days it is open again by itself; by default it stays archived.
    wait
        Wait until the tracker has done it, at most 15 seconds.

    """
    return _act(issue, CommandAction.ARCHIVE, wait=wait, until=now() + int(days * DAY) if days > 0 else 0)


@app.command
def reopen(issue: str, *, wait: Wait = True) -> int:
    """Take back a resolve or archive.

    Example: `errata issues reopen SHOP-12`

    Parameters
    ----------
    issue
        The issue's short id, such as SHOP-12, or its id of 16 hex digits.
    wait
        Wait until the tracker has done it, at most 15 seconds.

    """
    return _act(issue, CommandAction.REOPEN, wait=wait)


def _act(issue: str, action: CommandAction, *, wait: bool, in_release: str = "", until: int = 0) -> int:
    settings = load(CommonSettings)
    state = _run(_find(settings, issue))
    if state.status is _AIMS[action] and not in_release and not until:
        print(f"{state.short_id} is {state.status} already")
        return 0
    command = Command(
        id=uuid.uuid4().hex,
        project=state.project,
        issue_id=state.issue_id,
        action=action,
        by=getpass.getuser(),
        at=now(),
        in_release=in_release,
        until=until,
    )
    done = _run(send_command(settings, command, transition_id(command), _WAIT_SECONDS if wait else 0))
    if done is not None:
        print(f"{state.short_id}: {done.explanation or done.status_after}")
    elif not wait:
        print(f"{state.short_id}: asked the tracker to {action} it")
    else:
        print(
            f"{state.short_id}: nothing changed within {_WAIT_SECONDS:.0f} s. Is the tracker running? `errata status` "
            "tells. It will act when it is back, unless the issue has changed by then.",
            file=sys.stderr,
        )
        return 1
    return 0


async def _find(settings: CommonSettings, name: str) -> IssueState:
    _, rows = await _ask(settings, _FIND, {"name": name})
    if not rows:
        raise _UnknownIssueError(f"no issue {name!r}; `errata issues list` shows them")
    return msgspec.json.decode(rows[0][0], type=IssueState)


async def _ask(settings: CommonSettings, sql: str, parameters: dict[str, Any]) -> Any:
    async with await ClickHouse.connect(settings.clickhouse) as clickhouse:
        return await clickhouse.table(sql, parameters)


def _run(work: Coroutine[Any, Any, ResultT]) -> ResultT:
    """Give what the work gives; end with 1 when there is no such issue, as `run` does when it cannot be done."""
    try:
        return run(work)
    except _UnknownIssueError as error:
        raise SystemExit(str(error)) from None


def _console() -> Console:
    """Titles are text from clients: nothing in them is markup."""
    return Console(markup=False, highlight=False)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)
