"""Issues as the API shows and names them, read from the view `issue_list`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from errata.contracts.messages import IssueStatus
from errata.stores.clickhouse.client import ClickHouse
from errata_console.answers import ApiError
from errata_console.issue_search import Condition

_SHOWN_STATUS = {IssueStatus.ARCHIVED: "ignored"}


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `issue_list`."""

    issue: str
    short_id: str
    status: IssueStatus
    level: str
    title: str
    culprit: str
    platform: str
    errors: int
    users_24h: int
    first_seen: datetime
    last_seen: datetime


_COLUMNS = ", ".join(Issue.__struct_fields__)


def number_of(issue: str) -> str:
    """Give an issue's id for the API, where ids are numbers: `sentry-cli` refuses others."""
    return str(int(issue, 16))


def issue_of(number: str) -> str:
    """Give the issue that a number names; raises `ApiError` for another text."""
    if number.isdecimal() and number.isascii() and len(number) <= 20 and int(number) < 1 << 64:
        return f"{int(number):016x}"
    raise ApiError(400, "An issue's id is a number")


def issue_answer(issue: Issue, project: Mapping[str, Any]) -> dict[str, Any]:
    """Give an issue as Sentry's API shows it."""
    return {
        "id": number_of(issue.issue),
        "shortId": issue.short_id,
        "title": issue.title,
        "culprit": issue.culprit,
        "level": issue.level,
        "platform": issue.platform,
        "status": _SHOWN_STATUS.get(issue.status, issue.status),
        "count": str(issue.errors),
        "userCount": issue.users_24h,
        "firstSeen": issue.first_seen,
        "lastSeen": issue.last_seen,
        "project": project,
    }


async def page_of_issues(
    clickhouse: ClickHouse, project: int, condition: Condition, limit: int, offset: int
) -> list[Issue]:
    """Give issues of a project, those seen last first."""
    return await _read(
        clickhouse,
        f"project = {{project:UInt64}} AND {condition.sql} ORDER BY last_seen DESC, issue"
        " LIMIT {limit:UInt32} OFFSET {offset:UInt32}",
        {"project": project, "limit": limit, "offset": offset, **condition.parameters},
    )


async def issues_after(
    clickhouse: ClickHouse, project: int, condition: Condition, after: str, limit: int
) -> list[Issue]:
    """Give issues of a project by id, from the one after `after` on: none is missed while their states change."""
    return await _read(
        clickhouse,
        f"project = {{project:UInt64}} AND {condition.sql} AND issue > {{after:String}} ORDER BY issue"
        " LIMIT {limit:UInt32}",
        {"project": project, "after": after, "limit": limit, **condition.parameters},
    )


async def count_other(clickhouse: ClickHouse, project: int, issues: Sequence[str], status: IssueStatus) -> int:
    """Give how many of these issues are in another state."""
    rows = await clickhouse.rows(
        "SELECT count() FROM issue_list WHERE project = {project:UInt64} AND issue IN {issues:Array(String)}"
        " AND status != {status:String}",
        {"project": project, "issues": list(issues), "status": status},
    )
    return int(rows[0][0])


async def _read(clickhouse: ClickHouse, where: str, parameters: Mapping[str, Any]) -> list[Issue]:
    names, rows = await clickhouse.table(f"SELECT {_COLUMNS} FROM issue_list WHERE {where}", parameters)  # noqa: S608 - our own words
    return [msgspec.convert(dict(zip(names, row, strict=True)), Issue) for row in rows]
