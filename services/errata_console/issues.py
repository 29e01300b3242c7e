"""Issues: list, resolve, mute, reopen. Their state is the tracker's: what people want goes to it as commands."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from errata.config.model import Project
from errata.contracts.messages import Command, CommandAction, IssueStatus
from errata.runtime.metrics import CONSOLE_COMMANDS
from errata.stores.kafka.commands import send_commands
from errata_console.answers import PAGE, ApiError, nothing, page, reply
from errata_console.call import Call
from errata_console.issue_rows import Issue, count_other, issue_answer, issue_of, issues_after, page_of_issues
from errata_console.issue_search import Condition, condition_of, status_of
from errata_console.latest_release import latest_release

_ACTIONS = {
    IssueStatus.RESOLVED: CommandAction.RESOLVE,
    IssueStatus.ARCHIVED: CommandAction.ARCHIVE,
    IssueStatus.UNRESOLVED: CommandAction.REOPEN,
}
_AT_ONCE = 1_000
_POLL_SECONDS = 0.1
_IN_NEXT_RELEASE = "resolvedInNextRelease"


class StatusDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far a change of status goes."""

    in_release: str = ""
    in_next_release: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What shall become of issues."""

    status: str
    status_details: StatusDetails = StatusDetails()


async def show_all(call: Call) -> Response:
    """List a project's issues that fit a query, those seen last first."""
    condition = condition_of(call.request.query_params.get("query", ""))
    project = call.project
    found = await page_of_issues(call.parts.clickhouse, project.id, condition, PAGE + 1, call.offset)
    shown = _shown(project)
    return page([issue_answer(issue, shown) for issue in found], call.request.url, call.offset)


async def change_all(call: Call) -> Response:
    """Change the issues that the query names by id or status, every issue when it names none.

    The answer waits until lists show the change; 202 when they do not yet, 204 when there was nothing to change.
    """
    change = await call.body(Change)
    project = call.project
    in_release = change.status_details.in_release
    if change.status == _IN_NEXT_RELEASE or change.status_details.in_next_release:
        # Resolved in the latest release, an issue comes back in a later one only: as from the next one on it is gone.
        aim, in_release = IssueStatus.RESOLVED, await latest_release(call.parts.releases, project.id)
        if not in_release:
            raise ApiError(400, "No release of the project is known, so there is no next one: resolve without it")
    else:
        aim = status_of(change.status)
    sent: list[str] = []
    async for issues in _chosen(call, project, aim):
        commands = [_command(call, project, issue, aim, in_release) for issue in issues]
        await send_commands(call.parts.settings, commands)
        CONSOLE_COMMANDS.labels(_ACTIONS[aim]).inc(len(commands))
        sent += [issue.issue for issue in issues]
    if not sent:
        return nothing()
    # The first thousand stand for all: of more, nobody looks at the last one at once.
    done = await _carried_out(call, project, sent[:_AT_ONCE], aim)
    details = {"inRelease": in_release} if in_release else {}
    return reply({"status": change.status, "statusDetails": details}, 200 if done else 202)


async def _chosen(call: Call, project: Project, aim: IssueStatus) -> AsyncIterator[Sequence[Issue]]:
    """Yield the issues to change, some at a time; those that are as wished for are left out."""
    query = call.request.query_params
    sql = ["status != {aim:String}"]
    parameters: dict[str, Any] = {"aim": aim}
    if numbers := query.getlist("id"):
        sql.append("issue IN {ids:Array(String)}")
        parameters["ids"] = [issue_of(number) for number in numbers]
    if word := query.get("status"):
        sql.append("status = {status:String}")
        parameters["status"] = status_of(word)
    if text := query.get("query"):
        condition = condition_of(text)
        sql.append(condition.sql)
        parameters |= condition.parameters
    condition = Condition(" AND ".join(sql), parameters)
    after = ""
    while issues := await issues_after(call.parts.clickhouse, project.id, condition, after, _AT_ONCE):
        yield issues
        after = issues[-1].issue


def _command(call: Call, project: Project, issue: Issue, aim: IssueStatus, in_release: str) -> Command:
    return Command(
        id=uuid.uuid4().hex,
        project=project.id,
        issue_id=issue.issue,
        action=_ACTIONS[aim],
        by=call.token.name,
        at=call.parts.clock(),
        in_release=in_release,
    )


async def _carried_out(call: Call, project: Project, issues: Sequence[str], aim: IssueStatus) -> bool:
    deadline = asyncio.get_running_loop().time() + call.parts.settings.issue_wait_seconds
    while await count_other(call.parts.clickhouse, project.id, issues, aim):
        if asyncio.get_running_loop().time() >= deadline:
            return False
        await asyncio.sleep(_POLL_SECONDS)
    return True


def _shown(project: Project) -> dict[str, str]:
    return {"id": str(project.id), "slug": project.slug, "name": project.name or project.slug}
