"""The latest events of a project."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from starlette.responses import Response

from errata_console.answers import PAGE, page
from errata_console.call import Call
from errata_console.issue_rows import number_of


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a row of `events`."""

    event_id: str
    timestamp: datetime
    title: str
    culprit: str
    level: str
    environment: str
    release: str
    user: str
    tags: Mapping[str, str]
    group_hash: str


_COLUMNS = Event.__struct_fields__
_LATEST = f"""
SELECT {", ".join(_COLUMNS)} FROM events WHERE project = {{project:UInt64}}
ORDER BY received_at DESC, event_id LIMIT {{limit:UInt32}} OFFSET {{offset:UInt32}}
"""  # noqa: S608 - our own words


async def show_all(call: Call) -> Response:
    """List events, those received last first. Who was affected is a hash: names were scrubbed before storage."""
    parameters = {"project": call.project.id, "limit": PAGE + 1, "offset": call.offset}
    rows = await call.parts.clickhouse.rows(_LATEST, parameters)
    events = [msgspec.convert(dict(zip(_COLUMNS, row, strict=True)), Event) for row in rows]
    return page([_answer(event) for event in events], call.request.url, call.offset)


def _answer(event: Event) -> dict[str, object]:
    derived = {"level": event.level, "environment": event.environment, "release": event.release}
    tags = {key: value for key, value in derived.items() if value} | dict(event.tags)
    return {
        "eventID": event.event_id,
        "id": event.event_id,
        "groupID": number_of(event.group_hash),
        "dateCreated": event.timestamp,
        "title": event.title,
        "culprit": event.culprit,
        "user": {"id": event.user, "username": None, "email": None, "ip_address": None} if event.user else None,
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
