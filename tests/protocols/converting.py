"""From a request's body to stored events, as relay and processor do it one after the other."""

import base64
import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

from errata.config.model import Project
from errata.contracts.ids import derived_id
from errata.contracts.messages import ProcessedEvent
from errata.contracts.origin import Origin
from errata.contracts.pack import Item, ItemMeta
from errata.protocols import airbrake, browser_reports, bugsnag, bugsnag_sessions, honeybadger, rollbar
from errata.protocols.admitted import Admit, Admitted
from errata.protocols.encodings import decode
from errata.protocols.otlp import splitting
from errata.protocols.registry import EVENT_FORMATS, events_of
from errata.protocols.sentry.admit import admit_envelope, admit_store
from errata.stages import pipeline
from errata.stages.flatten import flatten
from errata.stages.stage import Context

MAX_ITEM_BYTES = 1 << 20


class BodyFormat(Enum):
    """What the path of a request says that its body is."""

    SENTRY_ENVELOPE = "sentry envelope"
    SENTRY_STORE = "sentry store"
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
    BodyFormat.SENTRY_ENVELOPE: lambda body, _headers, _query: admit_envelope(
        body, max_items=100, max_item_bytes=MAX_ITEM_BYTES
    ),
    BodyFormat.SENTRY_STORE: lambda body, _headers, _query: admit_store(body, max_item_bytes=MAX_ITEM_BYTES),
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

RECEIVED_AT = 1_795_429_800_000_000
"""Half an hour after the events of the golden files, and before those of the recordings: no clock counts as wrong."""
NO_ID = "f" * 32
"""What stands for an id that the relay made up."""
CLIENT_ADDRESS = "203.0.113.9"

PATHS = (
    ("/api/42/envelope", BodyFormat.SENTRY_ENVELOPE),
    ("/tunnel", BodyFormat.SENTRY_ENVELOPE),
    ("/api/42/store", BodyFormat.SENTRY_STORE),
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

Headers = dict[bytes, bytes]


class Request(NamedTuple):
    """A request to the relay, decompressed."""

    case: str
    format: BodyFormat
    headers: Headers
    query: str
    body: bytes


def recorded(shared: Path, client: str) -> Iterator[Request]:
    """Give the requests of a recording that have a body and are the relay's."""
    for line in (shared / "recordings" / f"{client}.jsonl").read_text().splitlines():
        request = json.loads(line)
        kind = next((kind for path, kind in PATHS if request["path"].startswith(path)), None)
        if request["method"] != "POST" or kind is None:
            continue
        headers = {name.lower().encode(): value.encode() for name, value in request["headers"]}
        encoding = headers.get(b"content-encoding", b"").decode()
        body = decode(encoding, base64.b64decode(request["body_b64"]), limit=10_000_000)
        yield Request(f"{request['case']}-{request['seq']}", kind, headers, request["query"], body)


def admitted(kind: BodyFormat, body: bytes, headers: Headers | None = None, query: str = "") -> Admitted:
    return BODY_FORMATS[kind](body, headers or {}, query)


def items_in(found: Admitted, headers: Headers | None = None) -> list[Item]:
    """Give the items as they would lie in a pack."""
    headers = headers or {}
    return [
        Item(
            ItemMeta(
                item.format,
                project=1,
                key_id="main",
                event_id=item.event_id or NO_ID,
                received_at=RECEIVED_AT,
                client_address=CLIENT_ADDRESS,
                content_type=headers.get(b"content-type", b"").decode("latin-1"),
                sdk=found.sdk,
                user_agent=headers.get(b"user-agent", b"").decode("latin-1"),
                sent_at=found.sent_at,
            ),
            item.payload,
        )
        for item in found.items
    ]


def events_in_items(items: list[Item]) -> list[dict]:
    """Give the events of all items that are errors, as they are before the chain."""
    return [event for item in items if item.meta.format in EVENT_FORMATS for event in events_of(item)]


def events_in(kind: BodyFormat, body: bytes, headers: Headers | None = None, query: str = "") -> list[dict]:
    """Give the events of a body, as they are before the chain."""
    return events_in_items(items_in(admitted(kind, body, headers, query), headers))


CHAIN = pipeline.build(Project(id=1, slug="shop", keys=()))
_META = ItemMeta(next(iter(EVENT_FORMATS)), 1, "main", NO_ID, RECEIVED_AT, client_address=CLIENT_ADDRESS)


def finished(event: dict[str, Any], meta: ItemMeta = _META, event_id: str = "") -> ProcessedEvent:
    """Give what is stored of an event."""
    context = Context(
        event_id=event_id or meta.event_id,
        received_at=meta.received_at,
        sent_at=meta.sent_at,
        client_address=meta.client_address,
        user_agent=meta.user_agent,
        sdk=meta.sdk,
        hash_key=b"k" * 32,
    )
    origin = Origin(generation=1, partition=0, offset=0, index=0, items=1)
    event = CHAIN(event, context)
    return flatten(event, context, project_id=1, key_id="main", origin=origin, config_hash="")


def stored(request: Request) -> list[ProcessedEvent]:
    """Give what is stored of each event in a request."""
    found = []
    for item in items_in(admitted(request.format, request.body, request.headers, request.query), request.headers):
        if item.meta.format not in EVENT_FORMATS:
            continue
        events = events_of(item)
        for part, event in enumerate(events):
            event_id = item.meta.event_id if len(events) == 1 else derived_id(item.meta.event_id, part)
            found.append(finished(event, item.meta, event_id))
    return found
