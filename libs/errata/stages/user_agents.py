"""User agents: where an event's stands, and what it says, parsed once for all stages that ask."""

from functools import lru_cache
from typing import TYPE_CHECKING

from errata.stages.stage import Event

if TYPE_CHECKING:
    from ua_parser import Result

MAX_LENGTH = 512
"""Characters looked at; real user agents have some 250."""


def user_agent_of(event: Event, connection: str) -> str:
    """Give the user agent of the request that failed; `connection`, the client's own, for events from a browser."""
    request = event.get("request")
    headers = request.get("headers") if isinstance(request, dict) else None
    for header in headers if isinstance(headers, list) else ():
        if header[0] == "User-Agent" and header[1]:
            return str(header[1])[:MAX_LENGTH]
    return connection[:MAX_LENGTH] if event.get("platform") == "javascript" else ""


@lru_cache(maxsize=4096)
def parse(user_agent: str) -> "Result":
    """Give browser, system and device as ua-parser knows them; each may be missing."""
    from ua_parser import parse as parse_anew  # noqa: PLC0415 - most programs need no rules; see `load`

    return parse_anew(user_agent)


def load() -> None:
    """Load the parser's rules now, 250 ms, rather than with the first event that has a user agent."""
    parse("")
