"""From a request's body to events, as relay and processor do it one after the other."""

import base64
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from errata.contracts.pack import Item, ItemMeta
from errata.protocols import airbrake, browser_reports, bugsnag, bugsnag_sessions, honeybadger, rollbar
from errata.protocols.admitted import Admit, Admitted
from errata.protocols.encodings import decode
from errata.protocols.otlp import splitting
from errata.protocols.registry import EVENT_FORMATS, events_of


class BodyFormat(Enum):
    """What the path of a request says that its body is; Sentry's own, envelope and `store`, aside."""

    ROLLBAR_ITEM = "rollbar item"
    BUGSNAG_EVENTS = "bugsnag events"
    BUGSNAG_SESSIONS = "bugsnag sessions"
    AIRBRAKE_NOTICE = "airbrake notice"
    AIRBRAKE_STATS = "airbrake stats"
    HONEYBADGER_NOTICE = "honeybadger notice"
    HONEYBADGER_EVENTS = "honeybadger events"
    OTLP_TRACES = "otlp traces"
    OTLP_LOGS = "otlp logs"
    BROWSER_REPORTS = "browser reports"


BODY_FORMATS: Mapping[BodyFormat, Admit] = {
    BodyFormat.ROLLBAR_ITEM: rollbar.admit,
    BodyFormat.BUGSNAG_EVENTS: bugsnag.admit,
    BodyFormat.BUGSNAG_SESSIONS: bugsnag_sessions.admit,
    BodyFormat.AIRBRAKE_NOTICE: airbrake.admit,
    BodyFormat.AIRBRAKE_STATS: airbrake.admit_stats,
    BodyFormat.HONEYBADGER_NOTICE: honeybadger.admit,
    BodyFormat.HONEYBADGER_EVENTS: honeybadger.admit_events,
    BodyFormat.OTLP_TRACES: splitting.admit_traces,
    BodyFormat.OTLP_LOGS: splitting.admit_logs,
    BodyFormat.BROWSER_REPORTS: browser_reports.admit,
}

RECEIVED_AT = 1_790_000_010_000_000
NO_ID = "f" * 32
"""What stands for an id that the relay made up."""

PATHS = (
    ("/api/1/item", BodyFormat.ROLLBAR_ITEM),
    ("/notify", BodyFormat.BUGSNAG_EVENTS),
    ("/sessions", BodyFormat.BUGSNAG_SESSIONS),
    ("/api/v3/projects", BodyFormat.AIRBRAKE_NOTICE),
    ("/api/v5/projects", BodyFormat.AIRBRAKE_STATS),
    ("/v1/notices", BodyFormat.HONEYBADGER_NOTICE),
    ("/v1/events", BodyFormat.HONEYBADGER_EVENTS),
    ("/v1/traces", BodyFormat.OTLP_TRACES),
    ("/v1/logs", BodyFormat.OTLP_LOGS),
)


class Request(NamedTuple):
    """A recorded request."""

    case: str
    format: BodyFormat
    headers: dict[bytes, bytes]
    query: str
    body: bytes


def recorded(shared: Path, client: str) -> Iterator[Request]:
    """Give the requests of a recording that have a body, decompressed."""
    for line in (shared / "recordings" / f"{client}.jsonl").read_text().splitlines():
        request = json.loads(line)
        if request["method"] != "POST":
            continue
        headers = {name.lower().encode(): value.encode() for name, value in request["headers"]}
        encoding = headers.get(b"content-encoding", b"").decode()
        body = decode(encoding, base64.b64decode(request["body_b64"]), limit=10_000_000)
        kind = next(kind for path, kind in PATHS if request["path"].startswith(path))
        yield Request(f"{request['case']}-{request['seq']}", kind, headers, request["query"], body)


def admitted(kind: BodyFormat, body: bytes, headers: dict[bytes, bytes] | None = None, query: str = "") -> Admitted:
    return BODY_FORMATS[kind](body, headers or {}, query)


def items_in(found: Admitted, headers: Mapping[bytes, bytes] | None = None) -> list[Item]:
    """Give the items as they would lie in a pack."""
    content_type = (headers or {}).get(b"content-type", b"").decode()
    return [
        Item(
            ItemMeta(
                item.format,
                project=1,
                key_id="main",
                event_id=item.event_id or NO_ID,
                received_at=RECEIVED_AT,
                content_type=content_type,
                sent_at=found.sent_at,
            ),
            item.payload,
        )
        for item in found.items
    ]


def events_in_items(items: list[Item]) -> list[dict]:
    """Give the events of all items that are errors."""
    return [event for item in items if item.meta.format in EVENT_FORMATS for event in events_of(item)]


def events_in(kind: BodyFormat, body: bytes, headers: dict[bytes, bytes] | None = None, query: str = "") -> list[dict]:
    """Give the events of a body."""
    return events_in_items(items_in(admitted(kind, body, headers, query), headers))
