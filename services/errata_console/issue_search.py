"""The query of an issue list: Sentry's search syntax, the part of it that lists need, as a condition of SQL."""

from collections.abc import Callable
from typing import Any, NamedTuple

import re2

from errata.contracts.messages import IssueStatus, Level
from errata_console.answers import ApiError

# A key with a value, or a word to look for; either may be quoted. Linear over whatever a client sends.
_TERM = re2.compile(r'(?:([A-Za-z_.]+):)?("[^"]*"|[^\s"]+)')
_MAX_QUERY = 1_000

STATUSES = {
    "unresolved": IssueStatus.UNRESOLVED,
    "resolved": IssueStatus.RESOLVED,
    "ignored": IssueStatus.ARCHIVED,
    "archived": IssueStatus.ARCHIVED,
    "muted": IssueStatus.ARCHIVED,
}
"""Sentry's words, of several ages, for ours."""


class Condition(NamedTuple):
    """A condition over `issue_list`, with the values that stand in it as parameters."""

    sql: str
    parameters: dict[str, Any]


def condition_of(query: str) -> Condition:
    """Give what a query asks for; an empty one asks for every issue.

    Raises:
        ApiError: it has a key or value that is not known; the text says which.

    """
    if len(query) > _MAX_QUERY:
        raise ApiError(400, "The query is too long")
    parts: list[str] = []
    parameters: dict[str, Any] = {}
    for number, (key, quoted) in enumerate(_TERM.findall(query)):
        value = quoted.strip('"')
        known = _KEYS.get(key)
        if known is None:
            raise ApiError(400, f"Invalid query: {key[:50]!r} cannot be searched; known are {', '.join(_KEYS)[2:]}")
        name = f"term{number}"
        sql, read = known
        parts.append(sql.format(f"{{{name}:String}}"))
        parameters[name] = read(value)
    return Condition(" AND ".join(parts) or "1", parameters)


def status_of(word: str) -> IssueStatus:
    """Give our status for Sentry's word; raises `ApiError` for another word."""
    found = STATUSES.get(word)
    if found is None:
        raise ApiError(400, f"Invalid status {word[:50]!r}; known are {', '.join(STATUSES)}")
    return found


def _level(word: str) -> str:
    if word not in set(Level):
        raise ApiError(400, f"Invalid level {word[:50]!r}")
    return word


_KEYS: dict[str, tuple[str, Callable[[str], str]]] = {
    "": ("(positionCaseInsensitiveUTF8(title, {0}) > 0 OR positionCaseInsensitiveUTF8(culprit, {0}) > 0)", str),
    "is": ("status = {0}", status_of),
    "level": ("level = {0}", _level),
    "platform": ("platform = {0}", str),
    "firstRelease": ("first_release = {0}", str),
    "release": ("{0} IN (first_release, last_release)", str),
    "issue": ("short_id = {0}", str.upper),
}
