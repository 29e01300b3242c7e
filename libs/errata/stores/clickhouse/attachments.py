"""Attachments as they are stored: which an event has, and the content of one."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from errata.stores.clickhouse.client import ClickHouse

_OF_EVENT = """
SELECT project, event_id, name, sha1, size, content_type, received_at FROM event_attachments
WHERE event_id = {event_id:String} ORDER BY received_at, name, sha1, project
"""
_CONTENT = """
SELECT base64Encode(content) FROM attachments
WHERE event_id = {event_id:String} AND project = {project:UInt64} AND name = {name:String} AND sha1 = {sha1:String}
LIMIT 1
"""


class StoredAttachment(NamedTuple):
    """One file, without its content."""

    project: int
    event_id: str
    name: str
    """In the client's words: no path to write to."""
    sha1: str
    size: int
    """In bytes."""
    content_type: str
    received_at: datetime


async def attachments_of(clickhouse: ClickHouse, event_id: str) -> Sequence[StoredAttachment]:
    """Give the attachments of an event or of feedback, in the order in which they came; raises `Away` or `Refused`."""
    return [StoredAttachment(*row) for row in await clickhouse.rows(_OF_EVENT, {"event_id": event_id})]


async def content_of(clickhouse: ClickHouse, one: StoredAttachment) -> bytes | None:
    """Give what is in an attachment; None when its time is over by now. Raises `Away` or `Refused`."""
    names = {"event_id": one.event_id, "project": one.project, "name": one.name, "sha1": one.sha1}
    for (content,) in await clickhouse.rows(_CONTENT, names):
        return base64.b64decode(content)
    return None
