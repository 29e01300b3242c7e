"""OTLP errors as events: an exception on a span, a log record with an exception, a log record of an error."""

from collections.abc import Callable, Iterator
from typing import Any

from errata.contracts import odd_json
from errata.contracts.levels import level_of
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item
from errata.protocols import exceptions, foreign
from errata.protocols.foreign import Tree
from errata.protocols.otlp import schema, wire
from errata.protocols.otlp.attributes import id_of, plain, take_attributes, text_of
from errata.protocols.otlp.errors import ERROR_SEVERITY, is_error_log, is_exception, severity_of
from errata.protocols.otlp.resources import describe_request, describe_resource, describe_scope, describe_user
from errata.protocols.otlp.signals import LOGS, TRACES, Signal, is_json
from errata.protocols.otlp.stack_text import exceptions_of

_LEVELS = ("debug", "debug", "info", "warning", "error", "fatal")
"""By severity number, four to each: 1-4 trace and 5-8 debug, 9-12 info, 13-16, 17-20, 21-24."""
_NANOSECONDS = 1e9
_STATUSES = {"1": "ok", "STATUS_CODE_OK": "ok", "2": "internal_error", "STATUS_CODE_ERROR": "internal_error"}
_CODE = (
    ("filename", ("code.file.path", "code.filepath")),
    ("function", ("code.function.name", "code.function")),
    ("lineno", ("code.line.number", "code.lineno")),
)


def traces_events_of(item: Item) -> list[Tree]:
    """Give an event for each exception on the spans in an item.

    Raises:
        Invalid: the payload is no such request, or has no exception.

    """
    return _events_of(item, TRACES, _span_events)


def logs_events_of(item: Item) -> list[Tree]:
    """Give an event for each log record of an error in an item.

    Raises:
        Invalid: the payload is no such request, or has no error.

    """
    return _events_of(item, LOGS, _log_event)


def _events_of(item: Item, signal: Signal, convert: Callable[[Tree], Iterator[tuple[Tree, Tree]]]) -> list[Tree]:
    if is_json(item.meta.content_type, item.payload):
        request = odd_json.load_object(item.payload)
    else:
        request = schema.decode(wire.Reader(item.payload, wire.MAX_ITEM_FIELDS), signal.request)
    events = []
    for resource in foreign.trees_in(request.get(signal.resources)):
        for scope in foreign.trees_in(resource.get(signal.scopes)):
            for record in foreign.trees_in(scope.get(signal.records)):
                for event, rest in convert(record):
                    _describe(event, rest, resource, scope)
                    events.append(foreign.finish(event, "otel", rest))
    if not events:
        raise Invalid(Reason.NO_ITEMS)
    return events


def _describe(event: Tree, rest: Tree, container: Tree, scope_container: Tree) -> None:
    """Add what resource and scope say, then read the stack trace, for which the platform must be known."""
    resource, scope = container.get("resource"), scope_container.get("scope")
    resource = dict(resource) if isinstance(resource, dict) else {}
    scope = dict(scope) if isinstance(scope, dict) else {}
    resource_attributes, scope_attributes = take_attributes(resource), take_attributes(scope)
    describe_resource(event, resource_attributes)
    describe_scope(event, scope, scope_attributes)
    rest["resource"] = foreign.without_empty(resource | resource_attributes)
    rest["scope"] = foreign.without_empty(scope | scope_attributes)
    rest["schemaUrl"] = scope_container.get("schemaUrl") or container.get("schemaUrl")
    exception = event.pop("exception", None)
    if exception is not None:
        event["exception"] = {"values": _exceptions(event, exception)}


def _span_events(span: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Give the event of each exception on a span; what else happened on it before is its breadcrumbs."""
    crumbs: list[Tree] = []
    for entry in foreign.take_trees(span, "events", foreign.MOST_CRUMBS + 1):
        if not is_exception(entry):
            crumbs.append(_crumb(entry))
            continue
        attributes = take_attributes(dict(span))
        event: Tree = {
            "level": "error",
            "timestamp": _seconds(entry.pop("timeUnixNano", None)) or _seconds(span.get("endTimeUnixNano")),
            "transaction": text_of(attributes.get("http.route")) or text_of(span.get("name")),
            "exception": take_attributes(entry),
        }
        foreign.add(event, "breadcrumbs", {"values": [dict(crumb) for crumb in crumbs]})
        describe_user(event, attributes)
        describe_request(event, attributes)
        rest = {key: value for key, value in span.items() if key != "attributes"}
        status = foreign.take_tree(rest, "status")
        trace = {
            **_trace_of(rest),
            "parent_span_id": id_of(rest.pop("parentSpanId", None)),
            "status": _STATUSES.get(foreign.take_text(status, "code"), ""),
            "data": attributes,
        }
        foreign.add(event, "contexts", {"trace": foreign.without_empty(trace)})
        entry.pop("name", None)
        yield event, {**rest, "status": foreign.without_empty(status), "event": foreign.without_empty(entry)}


def _log_event(record: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Give the event of a log record, when it is of an error."""
    if not is_error_log(record):
        return
    attributes = take_attributes(record)
    exception = {key: attributes.pop(key) for key in [key for key in attributes if key.startswith("exception.")]}
    severity = severity_of(record.pop("severityNumber", None)) or ERROR_SEVERITY
    text = foreign.take_text(record, "severityText")
    level = _LEVELS[(severity - 1) // 4]
    event: Tree = {
        "level": level,
        "timestamp": _seconds(record.pop("timeUnixNano", None)) or _seconds(record.pop("observedTimeUnixNano", None)),
        "transaction": text_of(attributes.pop("http.route", None)),
    }
    body = plain(record.pop("body", None))
    message = text_of(body)
    if body and not message:
        message = odd_json.dumps(body).decode()
        foreign.add(event, "extra", {"body": body})
    frame = _frame_of_code(attributes)
    if exception:
        event["exception"] = exception
        if message != exception.get("exception.message"):
            event["logentry"] = foreign.without_empty({"formatted": message})
        foreign.add(event, "extra", {"logged_at": frame})
    else:
        exceptions.add_message(event, message, [frame] if frame else [])
    describe_user(event, attributes)
    describe_request(event, attributes)
    foreign.add(event, "extra", attributes)
    foreign.add(event, "contexts", {"trace": foreign.without_empty(_trace_of(record))})
    yield event, {**record, "severityText": "" if level_of(text) == level else text}


def _exceptions(event: Tree, said: Tree) -> list[Tree]:
    """Give the exceptions in the attributes of one: causes as far as the stack trace's text tells of them.

    The text's last exception is the one that was recorded; of it, type and message are told beside the text.
    """
    platform = event["platform"]
    text = said.pop("exception.stacktrace", None)
    read = exceptions_of(text, platform) if isinstance(text, str) else []
    values = [_named(exception, platform) for exception in read] or [{}]
    if not read and text:
        foreign.add(event, "extra", {"exception.stacktrace": text})
    escaped = foreign.take_flag(said, "exception.escaped")
    raised = {
        "type": text_of(said.pop("exception.type", None)),
        "value": text_of(said.pop("exception.message", None)),
    }
    mechanism: Tree = {"type": "otel"}
    if escaped:  # SDKs write `False` also for what nobody caught afterwards, so that says nothing
        mechanism["handled"] = False
    values[-1] = foreign.without_empty(
        {**values[-1], **foreign.without_empty(_named(raised, platform)), "mechanism": mechanism}
    )
    foreign.add(event, "extra", said)
    return values


def _named(exception: Tree, platform: str) -> Tree:
    """Part a qualified type into module and type; Go's types are written with their package."""
    module, _, kind = exception.get("type", "").rpartition(".")
    if module and kind and platform != "go":
        exception = {**exception, "type": kind, "module": module}
    return exception


def _frame_of_code(attributes: Tree) -> Tree:
    """Take where the code is that logged."""
    frame: Tree = {}
    for field, names in _CODE:
        for name in names:
            if field not in frame and isinstance(attributes.get(name), str | int):
                frame[field] = attributes.pop(name)
    return frame


def _trace_of(holder: Tree) -> Tree:
    """Take the ids of trace and span."""
    return {"trace_id": id_of(holder.pop("traceId", None)), "span_id": id_of(holder.pop("spanId", None))}


def _crumb(entry: Tree) -> Tree:
    entry = dict(entry)
    attributes = take_attributes(entry)
    name = foreign.take_text(entry, "name")
    crumb = {
        "timestamp": _seconds(entry.pop("timeUnixNano", None)),
        "category": name,
        "message": text_of(attributes.get("message")) or name,
        "data": foreign.without_empty({**entry, **attributes}),
    }
    return foreign.without_empty(crumb)


def _seconds(nanoseconds: Any) -> float | None:
    """Give nanoseconds since 1970, a number or (as JSON has them) text, in seconds; None for zero and for no time."""
    if isinstance(nanoseconds, str) and nanoseconds.isdecimal() and len(nanoseconds) <= 20:
        nanoseconds = int(nanoseconds)
    return nanoseconds / _NANOSECONDS if isinstance(nanoseconds, int | float) and nanoseconds > 0 else None
