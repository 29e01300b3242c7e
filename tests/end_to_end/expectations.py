"""What is to be stored of a recorded request, read from its body by hand: a few fields of each error in it.

Written from what each client documents, and blind to how Errata converts: paths, orders and words are said once more.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from tests.protocols.converting import BodyFormat, Request
from tests.protocols.test_nothing_lost import plain

from errata.protocols.otlp import schema, wire

LENGTH = 200
"""Characters of a text that are compared: what is longer is cut in the event."""


class Expected(NamedTuple):
    """One error, as far as every client tells of it."""

    same: str
    """Two errors with the same one here are one and the same, sent twice; empty where nothing tells."""
    types: tuple[str, ...] = ()
    """Of the raised exception and its causes, the raised one last; none of a message."""
    text: str = ""
    """Of the raised exception, or the message."""
    functions: tuple[str, ...] = ()
    """The innermost two of the raised exception, the innermost last; those without a name left out."""
    release: str = ""
    environment: str = ""
    level: str = "error"
    handled: bool | None = None
    user: str | None = ""
    """None where that depends on which of two that are the same is stored."""
    tags: tuple[tuple[str, str], ...] = ()


def expected_of(request: Request) -> list[Expected]:
    """Give the errors in a request."""
    return [_cut(error) for error in _READERS.get(request.format, _nothing)(request)]


def _cut(error: Expected) -> Expected:
    clean = error.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    return error._replace(text=clean[:LENGTH], functions=tuple(error.functions[-2:]), tags=tuple(sorted(error.tags)))


def _nothing(_request: Request) -> Iterator[Expected]:
    return iter(())


def _names(frames: list[dict], key: str) -> tuple[str, ...]:
    """Give the functions of the last two frames, those without a name left out."""
    nameless = {"", "?", "<unknown>", "<anonymous>", "(anonymous)", None}
    return tuple(name for frame in frames[-2:] if (name := frame.get(key)) not in nameless)


def _sentry(request: Request) -> Iterator[Expected]:
    if request.format is BodyFormat.SENTRY_STORE:
        yield _sentry_event(json.loads(request.body), "")
        return
    head, *lines = request.body.split(b"\n")
    for header, payload in pairwise(lines):
        if header.startswith(b"{") and b'"type":"event"' in header.replace(b" ", b""):
            event = json.loads(payload)
            if "type" not in event:  # others are feedback and transactions
                yield _sentry_event(event, json.loads(head).get("event_id", ""))


def _sentry_event(event: dict, envelope_id: str) -> Expected:
    exceptions = event.get("exception") or []
    values = exceptions["values"] if isinstance(exceptions, dict) else exceptions
    entry = event.get("logentry") or {}
    message = event.get("message") or entry.get("formatted") or _filled(entry)
    common = {
        "same": (envelope_id or event["event_id"]).replace("-", ""),
        "release": event.get("release") or "",
        "environment": event.get("environment") or "",
        "level": event.get("level") or "error",
        "user": str((event.get("user") or {}).get("id", "")),
        "tags": tuple((name, str(value)) for name, value in (event.get("tags") or {}).items()),
    }
    if not values or (len(values) == 1 and not values[0].get("type")):
        return Expected(text=message, **common)
    said = [value.get("mechanism", {}).get("handled") for value in values]
    return Expected(
        types=tuple(value["type"] for value in values),
        text=values[-1].get("value") or "",
        functions=_names(values[-1].get("stacktrace", {}).get("frames", []), "function"),
        handled=event["platform"] == "go" or False not in said,
        **common,
    )


def _filled(entry: dict) -> str:
    return entry.get("message", "") % tuple(entry.get("params") or ()) if entry else ""


def _rollbar(request: Request) -> Iterator[Expected]:
    data = json.loads(request.body)["data"]
    body = data["body"]
    chain = body.get("trace_chain") or ([body["trace"]] if "trace" in body else [])
    diagnostic = data["notifier"].get("diagnostic")
    uncaught = diagnostic.get("is_uncaught", False) if diagnostic else None
    level = "error" if uncaught else {"critical": "fatal"}.get(data["level"], data["level"])
    yield Expected(
        same=data["uuid"].replace("-", ""),
        types=tuple(trace["exception"]["class"] for trace in reversed(chain)),
        text=chain[0]["exception"]["message"] if chain else body["message"]["body"],
        functions=_names(chain[0]["frames"], "method") if chain else (),
        release=data.get("code_version", ""),
        environment=data["environment"],
        level=level,
        handled=not uncaught if chain and diagnostic else None,
        user=data.get("person", {}).get("id", ""),
        tags=(("framework", data["framework"]),) if data.get("framework") else (),
    )


def _bugsnag(request: Request) -> Iterator[Expected]:
    for event in json.loads(request.body)["events"]:
        chain = event["exceptions"]
        logged = event["severityReason"]["type"] == "log"
        user = event["user"].get("id") or ""
        yield Expected(
            same="",
            types=() if logged else tuple(error["errorClass"] for error in reversed(chain)),
            text=chain[0].get("errorMessage") or chain[0]["message"],
            functions=() if logged else _names(chain[0]["stacktrace"][::-1], "method"),
            release=event["app"]["version"],
            environment=event["app"].get("releaseStage") or event["releaseStage"],
            level=event["severity"],
            handled=None if logged else not event["unhandled"],
            user="" if "." in user else user,  # an address is none
            tags=tuple((flag["featureFlag"], flag["variant"]) for flag in event["featureFlags"] if flag.get("variant")),
        )


def _airbrake(request: Request) -> Iterator[Expected]:
    notice = json.loads(request.body)
    context, chain = notice["context"], notice["errors"]
    logged = "messagePattern" in context or not chain[0].get("type")
    caught = not (context.get("windowError") or context.get("unhandledRejection"))
    browser = "browser" in context["notifier"]["name"]
    yield Expected(
        same="",
        types=() if logged else tuple(error["type"] for error in reversed(chain)),
        text=chain[0]["message"],
        functions=() if logged else _names(chain[0]["backtrace"][::-1], "function"),
        release=context.get("version", ""),
        environment=context["environment"],
        level=context.get("severity", "error").lower(),
        handled=caught if browser else None,
        user=str(context.get("user", {}).get("id", "")),
        tags=tuple((name, context[name]) for name in ("component", "action") if context.get(name)),
    )


def _honeybadger(request: Request) -> Iterator[Expected]:
    notice = json.loads(request.body)
    error, server = notice["error"], notice["server"]
    trail = notice.get("breadcrumbs", {}).get("trail", [])
    uncaught = any(str(crumb.get("message")).startswith("window.on") for crumb in trail[-2:])
    yield Expected(
        same=(error.get("token") or "").replace("-", ""),
        types=(*(cause["class"] for cause in reversed(error.get("causes") or [])), error["class"]),
        text=error["message"],
        functions=_names(error["backtrace"][::-1], "method"),
        release=server.get("revision") or "",
        environment=server["environment_name"],
        handled=False if uncaught else None,
        user=str(notice["request"].get("context", {}).get("user_id", "")),
        tags=tuple((tag, "true") for tag in error.get("tags") or ()),
    )


def _otlp(request: Request) -> Iterator[Expected]:
    spans = request.format is BodyFormat.OTLP_TRACES
    if request.body.startswith(b"{"):
        tree = json.loads(request.body)
    else:
        tree = schema.decode(wire.Reader(request.body), "Traces" if spans else "Logs")
    tree = plain(tree)
    for container in tree["resourceSpans" if spans else "resourceLogs"]:
        resource = container["resource"]["attributes"]
        for scope in container["scopeSpans" if spans else "scopeLogs"]:
            for record in scope["spans" if spans else "logRecords"]:
                happened = [event for event in record.get("events", ()) if event["name"] == "exception"]
                for error in happened if spans else [record]:
                    if "exception.type" in error.get("attributes", {}):
                        yield _otlp_error(record, error["attributes"], resource)


def _otlp_error(record: dict, said: dict, resource: dict) -> Expected:
    traceback = said["exception.stacktrace"].splitlines()
    heads = [place for place, line in enumerate(traceback) if line.startswith("Traceback")]
    ends = [next(line for line in traceback[head + 1 :] if line and not line.startswith(" ")) for head in heads]
    places = [line for line in traceback[heads[-1] :] if line.startswith("  File")]
    kind = said["exception.type"].rpartition(".")[2]
    return Expected(
        same="/".join((_hex(record["traceId"]), _hex(record["spanId"]), kind, said["exception.message"])),
        types=tuple(end.partition(":")[0].rpartition(".")[2] for end in ends),
        text=said["exception.message"],
        functions=tuple(line.rpartition(" in ")[2] for line in places[-2:]),
        release=resource["service.version"],
        environment=resource.get("deployment.environment.name") or resource["deployment.environment"],
        user=None,
        tags=(("service.name", resource["service.name"]),),
    )


def _hex(value: str) -> str:
    """Give an id as hex, which the recording server printed as base64 in some requests."""
    return value if len(value) in (16, 32) else base64.b64decode(value).hex()


_READERS: Mapping[BodyFormat, Callable[[Request], Iterator[Any]]] = {
    BodyFormat.SENTRY_ENVELOPE: _sentry,
    BodyFormat.SENTRY_STORE: _sentry,
    BodyFormat.ROLLBAR_ITEM: _rollbar,
    BodyFormat.BUGSNAG_EVENTS: _bugsnag,
    BodyFormat.AIRBRAKE_NOTICE: _airbrake,
    BodyFormat.HONEYBADGER_NOTICE: _honeybadger,
    BodyFormat.OTLP_TRACES: _otlp,
    BodyFormat.OTLP_LOGS: _otlp,
}
