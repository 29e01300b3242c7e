"""Bugsnag's error reports: one body with any number of events, from its Python, Node, browser and Go clients."""

from ipaddress import ip_address
from typing import Any

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import exceptions, foreign, frames, loose_json, words
from errata.protocols.admitted import Admitted, AdmittedItem, Headers
from errata.protocols.foreign import Tree

MAX_EVENTS = 100
"""Of one body; clients send one each."""

_FRAME = {
    "file": "filename",
    "method": "function",
    "lineNumber": "lineno",
    "columnNumber": "colno",
    "inProject": "in_app",
    "frameAddress": "instruction_addr",
    "symbolAddress": "symbol_addr",
}
_LOG = "Log"
"""The Python client's class of an error that is a log record: `LogERROR`."""


def admit(body: bytes, headers: Headers, _query: str) -> Admitted:
    """Give the whole of a `POST /notify` as one item: it may hold several events, none with an id of its own.

    Raises:
        Invalid: the body is no JSON object, or has no event, or more than a client has reason to send.

    """
    tree = loose_json.load_object(body)
    events = tree.get("events")
    if not isinstance(events, list) or not any(isinstance(event, dict) for event in events):
        raise Invalid(Reason.NO_ITEMS)
    if len(events) > MAX_EVENTS:
        raise Invalid(Reason.TOO_LARGE)
    number = sum(isinstance(event, dict) for event in events)
    item = AdmittedItem(ItemFormat.BUGSNAG_EVENTS, body, quantity=number)
    return Admitted((item,), sent_at=sent_at_of(headers), sdk=foreign.sdk_of(tree.get("notifier")))


def sent_at_of(headers: Headers) -> str:
    """Give the client's clock; the Python client names no zone and means UTC, as normalize reads it."""
    return headers.get(b"bugsnag-sent-at", b"").decode("latin-1")


def events_of(item: Item) -> list[Tree]:
    """Give the events of a report, in its order.

    Raises:
        Invalid: no JSON object, or without an event.

    """
    report = odd_json.load_object(item.payload)
    report.pop("apiKey", None)
    entries = foreign.take_trees(report, "events", MAX_EVENTS)
    if not entries:
        raise Invalid(Reason.NO_ITEMS)
    notifier = foreign.take_tree(report, "notifier")
    sdk = foreign.take_sdk(notifier)
    events = [_event(entry, sdk, item.meta.sent_at, len(entries)) for entry in entries]
    # What the report says of all events goes with the first: a hundred copies of it could be a hundred megabytes.
    foreign.add_context(events[0], "bugsnag", {**report, "notifier": foreign.without_empty(notifier)})
    return events


def _event(rest: Tree, sdk: Tree, sent_at: str, events: int) -> Tree:
    """Give one event of a report that holds so many."""
    rest.pop("apiKey", None)
    device = foreign.take_tree(rest, "device")
    app = foreign.take_tree(rest, "app")
    event: Tree = {"timestamp": device.pop("time", None) or sent_at, "sdk": dict(sdk)}
    tabs = foreign.take_tree(rest, "metaData")
    reason = foreign.take_tree(rest, "severityReason")
    _attributes(event, rest, app)
    _devices(event, device)
    _exceptions(event, rest, reason, tabs, events)
    _people(event, rest, tabs)
    for flag in foreign.take_trees(rest, "featureFlags", foreign.MOST_TAGS):
        foreign.add_tag(event, foreign.take_text(flag, "featureFlag"), foreign.take_text(flag, "variant") or "on")
    foreign.add(event, "breadcrumbs", {"values": [_crumb(crumb) for crumb in foreign.take_crumbs(rest, "breadcrumbs")]})
    foreign.add(event, "extra", tabs)
    foreign.add(event, "contexts", {"app": foreign.without_empty(app), "device": foreign.without_empty(device)})
    return foreign.finish(event, "bugsnag", {**rest, "severityReason": reason})


def _attributes(event: Tree, rest: Tree, app: Tree) -> None:
    event["release"] = foreign.take_text(app, "version")
    event["dist"] = foreign.take_text(app, "codeBundleId")
    stages = (foreign.take_text(app, "releaseStage"), foreign.take_text(rest, "releaseStage"))
    event["environment"] = next(filter(None, stages), "")
    event["transaction"] = foreign.take_text(rest, "context")
    event["level"] = foreign.take_level(rest, "severity")
    if group := foreign.take_text(rest, "groupingHash"):
        event["fingerprint"] = [group]
    foreign.add_tag(event, "app.type", foreign.take_text(app, "type"))


def _devices(event: Tree, device: Tree) -> None:
    """Map what the device is: the first of the runtimes named is the one that the application runs on."""
    event["server_name"] = foreign.take_text(device, "hostname")
    system = {"name": foreign.take_text(device, "osName"), "version": foreign.take_text(device, "osVersion")}
    runtimes = foreign.without_empty(foreign.take_tree(device, "runtimeVersions"))
    runtime = next(iter(runtimes.items()), None)
    contexts = {"os": foreign.without_empty(system)}
    if runtime:
        contexts["runtime"] = {"name": runtime[0], "version": runtime[1]}
    if len(runtimes) > 1:
        device["runtimeVersions"] = runtimes
    foreign.add(event, "contexts", contexts)


def _exceptions(event: Tree, rest: Tree, reason: Tree, tabs: Tree, events: int) -> None:
    roots = {True: foreign.take_text(rest, "projectRoot"), False: foreign.take_text(rest, "libRoot")}
    raised_first = foreign.take_trees(rest, "exceptions", exceptions.MOST)
    event["platform"] = words.platform_of(*(foreign.take_platform(exception, "type") for exception in raised_first))
    most = frames.most_of_each(len(raised_first) * events)
    values = [_exception(exception, roots, most) for exception in reversed(raised_first)]
    unhandled = foreign.take_flag(rest, "unhandled")
    if len(values) == 1 and reason.get("type") == "log" and str(values[0].get("type")).startswith(_LOG):
        _logged(event, rest, values[0], tabs)
    elif values:
        if unhandled is None and event["platform"] == "go":
            unhandled = False  # old clients for Go have no word for it, and send what they are given
        mechanism = values[-1]["mechanism"]
        mechanism["type"] = foreign.take_text(reason, "type") or "bugsnag"
        if unhandled is not None:
            mechanism["handled"] = not unhandled
        event["exception"] = {"values": values}
    rest |= {f"{name}Root": root for name, root in (("project", roots[True]), ("lib", roots[False])) if root}


def _exception(exception: Tree, roots: dict[bool, str], most: int) -> Tree:
    message = foreign.take_text(exception, "message")  # Python's; JavaScript sends both, and both are the same
    kind, value = foreign.take_text(exception, "errorClass"), foreign.take_text(exception, "errorMessage") or message
    stack = [_frame(frame, roots) for frame in reversed(foreign.take_trees(exception, "stacktrace", most))]
    return exceptions.exception(kind, value, stack, {"type": "bugsnag"}, exception)


def _frame(frame: Tree, roots: dict[bool, str]) -> Tree:
    for number in ("lineNumber", "columnNumber"):
        frame[number] = foreign.take_number(frame, number)
    foreign.rename(frame, _FRAME)
    frames.settle_function(frame)
    frames.settle_source(frame, "code")
    root = roots[frame.get("in_app") is True]
    file = frame.get("filename")
    if root and isinstance(file, str) and not file.startswith(("/", "node:", "<")) and "://" not in file:
        frame["abs_path"] = f"{root.rstrip('/')}/{file}"
    return frame


def _logged(event: Tree, rest: Tree, record: Tree, tabs: Tree) -> None:
    """A log record, which the Python client sends as if it were an exception: its class is only its level."""
    rest["exception"] = exceptions.make_message(event, record)
    rest["errorClass"] = record["type"]
    extra = tabs.get("extra data")
    name: Any = extra.get("name") if isinstance(extra, dict) else None
    event["logger"] = name if isinstance(name, str) else ""


def _people(event: Tree, rest: Tree, tabs: Tree) -> None:
    """Map user and request; the Python client sends the request as a tab of its metadata."""
    user = foreign.take_tree(rest, "user")
    if _is_address(user.get("id")):  # what the Python client calls users whom nobody named
        user["ip_address"] = user.pop("id")
    foreign.add(event, "user", user)
    request = foreign.take_tree(rest, "request") or foreign.take_tree(tabs, "request")
    address = foreign.take_text(request, "clientIp")
    foreign.rename(request, {"httpMethod": "method", "body": "data"})
    names = ("url", "method", "headers", "cookies", "data")
    mapped = {name: request.pop(name) for name in names if name in request}
    if query := request.pop("query", None):
        mapped["query_string"] = query
    if "data" not in mapped and (params := request.pop("params", None)):
        mapped["data"] = params
    foreign.add(event, "request", mapped)
    if address:
        foreign.add(event, "request", {"env": {"REMOTE_ADDR": address}})
    rest["request"] = request


def _is_address(value: Any) -> bool:
    try:
        ip_address(value if isinstance(value, str) else "")
    except ValueError:
        return False
    return True


def _crumb(crumb: Tree) -> Tree:
    kind = foreign.take_text(crumb, "type")
    mapped = {
        "timestamp": crumb.pop("timestamp", None),
        "category": kind,
        "type": kind if kind in {"user", "navigation", "error"} else "default",
        "message": foreign.take_text(crumb, "name"),
        "data": foreign.without_empty({**foreign.take_tree(crumb, "metaData"), **crumb}),
    }
    return foreign.without_empty(mapped)
