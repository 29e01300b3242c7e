"""Honeybadger notices: one error a request, from its Python, JavaScript and Ruby clients; and its other events."""

from typing import Any

from errata.contracts import odd_json
from errata.contracts.categories import category_of
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import exceptions, foreign, frames, loose_json, words
from errata.protocols.admitted import Admitted, AdmittedItem, Headers, NotKept
from errata.protocols.foreign import Tree
from errata.protocols.ids import event_id

_FRAME = {"file": "filename", "method": "function", "number": "lineno", "column": "colno"}
_ROOT = "[PROJECT_ROOT]"
_GLOBAL_HANDLERS = ("window.onerror", "window.onunhandledrejection")


def admit(body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Give the one item of a `POST /v1/notices[/js]`; the Python client's `error.token` is the event id.

    Raises:
        Invalid: the body is no JSON object with `error`.

    """
    tree = loose_json.load_object(body)
    error = tree.get("error")
    if not isinstance(error, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    item = AdmittedItem(ItemFormat.HONEYBADGER_NOTICE, body, event_id(error.get("token")))
    return Admitted((item,), sdk=foreign.sdk_of(tree.get("notifier")))


def admit_events(body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Count the lines of a `POST /v1/events`: structured logs, not kept. JavaScript labels the lines as JSON."""
    lines = (b"\n" + body).count(b"\n{")
    return Admitted(not_kept=(NotKept(Reason.UNSUPPORTED_ITEM, category_of("log"), max(lines, 1)),))


def events_of(item: Item) -> list[Tree]:
    """Give the event of a notice.

    Raises:
        Invalid: the payload is no JSON object with `error`.

    """
    rest = odd_json.load_object(item.payload)
    error = rest.pop("error", None)
    if not isinstance(error, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    event: Tree = {"event_id": item.meta.event_id, "level": "error"}  # there is no other level
    rest.pop("api_key", None)
    notifier = foreign.take_tree(rest, "notifier")
    server = foreign.take_tree(rest, "server")
    request = foreign.take_tree(rest, "request")
    event["sdk"] = foreign.take_sdk(notifier)
    event["platform"] = _platform(event, error)
    _attributes(event, error, server, request)
    trail = foreign.take_tree(rest, "breadcrumbs")
    crumbs = foreign.take_crumbs(trail, "trail")
    _errors(event, error, server.get("project_root"), request, handled=_handled(crumbs, error))
    foreign.add(event, "breadcrumbs", {"values": [_crumb(crumb) for crumb in crumbs]})
    _user_and_request(event, request)
    foreign.add(event, "extra", {"details": rest.pop("details", None)})
    more = {"error": error, "notifier": notifier, "server": server, "request": request, "breadcrumbs": trail}
    return [
        foreign.finish(event, "honeybadger", rest | {name: foreign.without_empty(tree) for name, tree in more.items()})
    ]


def _platform(event: Tree, error: Tree) -> str:
    """Give the platform by the client's name; JavaScript's is one for servers and browsers, but their files differ."""
    name = event["sdk"].get("name", "")
    if "/js" in name or "honeybadger-js" in name:
        stack = error.get("backtrace")
        frame = stack[0] if isinstance(stack, list) and stack and isinstance(stack[0], dict) else {}
        file = frame.get("file")
        return "javascript" if isinstance(file, str) and file.startswith(("http://", "https://")) else "node"
    return words.platform_of(name.replace("-", " "))


def _attributes(event: Tree, error: Tree, server: Tree, request: Tree) -> None:
    event["release"] = foreign.take_text(server, "revision")
    event["environment"] = foreign.take_text(server, "environment_name")
    event["server_name"] = foreign.take_text(server, "hostname")
    event["timestamp"] = server.pop("time", None)
    names = (foreign.take_text(request, "component"), foreign.take_text(request, "action"))
    event["transaction"] = "#".join(filter(None, names))
    if fingerprint := foreign.take_text(error, "fingerprint"):
        event["fingerprint"] = [fingerprint]
    tags: Any = error.get("tags")
    if isinstance(tags, str):
        tags = tags.split(",", foreign.MOST_TAGS)
    if isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        error["tags"] = tags[foreign.MOST_TAGS :]
        for tag in tags[: foreign.MOST_TAGS]:
            foreign.add_tag(event, tag.strip(), "true")  # Honeybadger's are words; Sentry's have values


def _errors(event: Tree, error: Tree, root: Any, request: Tree, *, handled: bool | None) -> None:
    root = root if isinstance(root, str) else ""
    if event_id(error.get("token")):
        del error["token"]
    causes = foreign.take_trees(error, "causes", exceptions.MOST - 1)
    for cause in causes:
        if "backtrace" in cause and cause["backtrace"] == error.get("backtrace"):
            del cause["backtrace"]  # Python's client gives a cause the stack of what it caused
    most = frames.most_of_each(1 + len(causes))
    raised = _exception(error, root, most, {"type": "honeybadger", "handled": handled}, {})
    stack = exceptions.frames_of(raised)
    if stack and (variables := foreign.take_tree(request, "local_variables")):
        stack[-1]["vars"] = variables
    before = [_exception(cause, root, most, {"type": "honeybadger"}, cause) for cause in reversed(causes)]
    event["exception"] = {"values": [*before, raised]}


def _exception(error: Tree, root: str, most: int, mechanism: Tree, rest: Tree) -> Tree:
    kind, value = foreign.take_text(error, "class"), foreign.take_text(error, "message")
    stack = [_frame(frame, root) for frame in reversed(foreign.take_trees(error, "backtrace", most))]
    return exceptions.exception(kind, value, stack, mechanism, rest)


def _frame(frame: Tree, root: str) -> Tree:
    foreign.rename(frame, _FRAME)
    for number in ("lineno", "colno"):
        if isinstance(frame.get(number), str):
            frame[number] = foreign.take_number(frame, number)
    frames.settle_function(frame)
    frames.settle_source(frame, "source")
    frames.settle_place(frame, root, _ROOT)
    return foreign.without_empty(frame)


def _handled(crumbs: list[Tree], error: Tree) -> bool | None:
    """Give False when the page's own handlers caught it: the breadcrumb just before the notice's says so."""
    before = [crumb for crumb in crumbs[-2:] if crumb.get("category") == "error"]
    for crumb in before:
        message, metadata = crumb.get("message"), crumb.get("metadata")
        caught = isinstance(message, str) and message.startswith(_GLOBAL_HANDLERS)
        if caught and isinstance(metadata, dict) and metadata.get("message") == error.get("message"):
            return False
    return None


def _user_and_request(event: Tree, request: Tree) -> None:
    context = foreign.take_tree(request, "context")
    named = {name: context.pop(f"user_{name}", None) for name in ("id", "email", "name")}
    foreign.add(event, "user", named)
    foreign.add(event, "extra", context)
    foreign.add(event, "extra", {"session": request.pop("session", None)})
    cgi = foreign.take_tree(request, "cgi_data")
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): cgi.pop(name)
        for name in [name for name in cgi if name.startswith("HTTP_") or name in {"CONTENT_TYPE", "CONTENT_LENGTH"}]
    }
    mapped = {
        "url": foreign.take_text(request, "url"),
        "method": foreign.take_text(cgi, "REQUEST_METHOD"),
        "query_string": foreign.take_text(cgi, "QUERY_STRING"),
        "headers": headers,
        "env": cgi,
        "data": request.pop("params", None),
    }
    foreign.add(event, "request", mapped)


def _crumb(crumb: Tree) -> Tree:
    category = foreign.take_text(crumb, "category")
    mapped = {
        "timestamp": crumb.pop("timestamp", None),
        "category": category,
        "type": {"request": "http", "navigation": "navigation", "error": "error"}.get(category, "default"),
        "message": foreign.take_text(crumb, "message"),
        "data": foreign.without_empty({**foreign.take_tree(crumb, "metadata"), **crumb}),
    }
    return foreign.without_empty(mapped)
