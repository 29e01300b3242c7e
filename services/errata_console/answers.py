"""What clients are told: JSON always, an error as `{"detail": ...}`, a list with the `Link` to its next page."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.datastructures import URL
from starlette.responses import Response

PAGE = 100
"""Rows of one page, as Sentry gives them; `sentry-cli` counts pages by it."""
NOT_FOUND = "The requested resource does not exist"

_encode = msgspec.json.Encoder().encode


class ApiError(Exception):
    """An answer other than success; `detail` is shown to the person at the terminal."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


def not_found(what: str = NOT_FOUND) -> ApiError:
    """Give the error for what is not there."""
    return ApiError(404, what)


def reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Give a JSON answer."""
    return Response(_encode(value), status, headers, media_type="application/json")


def nothing(status: int = 204) -> Response:
    """Give an answer without a body."""
    return Response(status_code=status)


def offset_of(cursor: str) -> int:
    """Give where a page begins, from a cursor that a `Link` gave (`0:100:0`); an empty one is the first page.

    Raises:
        ApiError: it is no such cursor.

    """
    if not cursor:
        return 0
    parts = cursor.split(":")
    if len(parts) != 3 or not parts[1].isdecimal() or len(parts[1]) > 9:
        raise ApiError(400, "Invalid cursor parameter.")
    return int(parts[1])


def page(rows: Sequence[Any], url: URL, offset: int) -> Response:
    """Give a list's page; `rows` holds one more than fits when another page follows."""
    following = "true" if len(rows) > PAGE else "false"
    before = "true" if offset else "false"
    link = ", ".join(
        f'<{url.include_query_params(cursor=cursor)}>; rel="{rel}"; results="{results}"; cursor="{cursor}"'
        for rel, results, cursor in (
            ("previous", before, f"0:{max(0, offset - PAGE)}:1"),
            ("next", following, f"0:{offset + PAGE}:0"),
        )
    )
    return reply(rows[:PAGE], headers={"Link": link})
