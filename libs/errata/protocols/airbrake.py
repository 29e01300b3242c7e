"""Airbrake notices (API v3): one error a request, from pybrake and the JavaScript and Ruby notifiers.

A notice has neither an id nor a time of its own: the relay's id is answered, and it happened when it arrived.
"""

from errata.contracts import odd_json
from errata.contracts.categories import DEFAULT
from errata.contracts.levels import level_of
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import exceptions, foreign, frames, loose_json, words
from errata.protocols.admitted import Admitted, AdmittedItem, Headers, NotKept
from errata.protocols.foreign import Tree

_FRAME = {"file": "filename", "line": "lineno", "column": "colno"}
_ROOT = "/PROJECT_ROOT"
_CONSOLE = frozenset({"log", "debug", "info", "warn", "error"})


def admit(body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Give the one item of a `POST /api/v3/projects/{id}/notices`; browsers send it as `text/plain`.

    Raises:
        Invalid: the body is no JSON object, or has no errors.

    """
    tree = loose_json.load_object(body)
    if not isinstance(tree.get("errors"), list) or not tree["errors"]:
        raise Invalid(Reason.NO_ITEMS)
    context = tree.get("context")
    sdk = foreign.sdk_of(context.get("notifier")) if isinstance(context, dict) else ""
    return Admitted((AdmittedItem(ItemFormat.AIRBRAKE_NOTICE, body),), sdk=sdk)


def admit_stats(_body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Count a body of `/api/v5/projects/{id}/{routes,queries,queues,breakdowns}-stats`: performance, not kept."""
    return Admitted(not_kept=(NotKept(Reason.UNSUPPORTED_ITEM, DEFAULT),))


def events_of(item: Item) -> list[Tree]:
    """Give the event of a notice.

    Raises:
        Invalid: the payload is no JSON object, or has no errors.

    """
    rest = odd_json.load_object(item.payload)
    errors = foreign.take_trees(rest, "errors", exceptions.MOST)
    if not errors:
        raise Invalid(Reason.NO_ITEMS)
    context = foreign.take_tree(rest, "context")
    event: Tree = {}
    notifier = foreign.take_tree(context, "notifier")
    event["sdk"] = foreign.take_sdk(notifier)
    _attributes(event, context)
    _errors(event, errors, context)
    method = _request(event, context)
    user = foreign.take_tree(context, "user")
    foreign.add(event, "user", {**user, "ip_address": foreign.take_text(context, "userAddr")})
    crumbs = [_crumb(entry) for entry in foreign.take_crumbs(context, "history")]
    foreign.add(event, "breadcrumbs", {"values": crumbs})
    params = rest.pop("params", None)
    if method:  # only then they are a request's; otherwise whatever the application adds
        foreign.add(event, "request", {"data": params})
    else:
        foreign.add(event, "extra", {"params": params})
    foreign.add(event, "extra", {name: rest.pop(name, None) for name in ("session", "environment")})
    return [foreign.finish(event, "airbrake", {**rest, **context, "notifier": foreign.without_empty(notifier)})]


def _attributes(event: Tree, context: Tree) -> None:
    language = foreign.take_text(context, "language")
    event["platform"] = words.platform_of(language)
    if event["platform"] == "javascript" and "node" in event["sdk"].get("name", ""):
        event["platform"] = "node"
    foreign.add_tag(event, "language", language)
    runtime = {"runtime": words.runtime_of(language), "os": {"raw_description": foreign.take_text(context, "os")}}
    foreign.add(event, "contexts", {name: foreign.without_empty(value) for name, value in runtime.items()})
    versions = foreign.take_tree(context, "versions")
    event["modules"] = versions
    event["release"] = foreign.take_text(context, "version")
    event["environment"] = foreign.take_text(context, "environment")
    event["server_name"] = foreign.take_text(context, "hostname")
    event["level"] = foreign.take_level(context, "severity")
    component, action = foreign.take_text(context, "component"), foreign.take_text(context, "action")
    foreign.add_tag(event, "component", component)
    foreign.add_tag(event, "action", action)
    event["transaction"] = foreign.take_text(context, "route") or "#".join(filter(None, (component, action)))


def _errors(event: Tree, raised_first: list[Tree], context: Tree) -> None:
    root = context.get("rootDirectory")
    most = frames.most_of_each(len(raised_first))
    values = [_exception(error, root if isinstance(root, str) else "", most) for error in reversed(raised_first)]
    raised = values[-1]
    template = foreign.take_text(context, "messagePattern")
    if len(values) == 1 and (template or not raised.get("type")):
        # A log record, of which the type is the logger's name; or a text reported as an error, which has no type.
        context["error"] = exceptions.make_message(event, raised, template)
        event["logger"] = raised.get("type", "")
        return
    flags = [foreign.take_flag(context, name) for name in ("windowError", "unhandledRejection")]
    if any(flags):
        raised["mechanism"] |= {"type": "onunhandledrejection" if flags[1] else "onerror", "handled": False}
    elif event["platform"] == "javascript":  # in browsers the notifier marks all that it did not get by a call
        raised["mechanism"]["handled"] = True
    event["exception"] = {"values": values}


def _exception(error: Tree, root: str, most: int) -> Tree:
    kind, value = foreign.take_text(error, "type"), foreign.take_text(error, "message")
    stack = [_frame(frame, root) for frame in reversed(foreign.take_trees(error, "backtrace", most))]
    return exceptions.exception(kind, value, stack, {"type": "airbrake"}, error)


def _frame(frame: Tree, root: str) -> Tree:
    foreign.rename(frame, _FRAME)
    frames.settle_function(frame)
    frames.settle_source(frame, "code")
    frames.settle_place(frame, root, _ROOT)
    return frame


def _request(event: Tree, context: Tree) -> str:
    """Map the request; give its method, empty when the notice is of none."""
    method = foreign.take_text(context, "httpMethod")
    headers = foreign.take_tree(context, "headers")
    agent = foreign.take_text(context, "userAgent")
    if agent:
        headers.setdefault("User-Agent", agent)
    request = {"url": foreign.take_text(context, "url"), "method": method, "headers": headers}
    foreign.add(event, "request", request)
    return method


def _crumb(entry: Tree) -> Tree:
    """Map an entry of the browser's history: calls of the console, requests, events of the page, errors."""
    kind = foreign.take_text(entry, "type")
    level = foreign.take_text(entry, "severity")
    arguments = entry.get("arguments")
    if kind in _CONSOLE and isinstance(arguments, list) and all(isinstance(each, str) for each in arguments):
        del entry["arguments"]
        entry["message"] = " ".join(arguments)
    mapped = {
        "timestamp": entry.pop("date", None),
        "category": "console" if kind in _CONSOLE else kind,
        "type": "http" if kind == "xhr" else "default",
        "level": level_of(level) or level,
        "message": foreign.take_text(entry, "message"),
        "data": foreign.without_empty(entry),
    }
    return foreign.without_empty(mapped)
