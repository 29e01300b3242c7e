"""Rollbar items: one error or message a request, as its Python, Node and browser clients send them."""

from typing import Any

from errata.contracts import odd_json
from errata.contracts.outcomes import Invalid, Reason
from errata.contracts.pack import Item, ItemFormat
from errata.protocols import exceptions, foreign, frames, loose_json, words
from errata.protocols.admitted import Admitted, AdmittedItem, Headers
from errata.protocols.foreign import Tree
from errata.protocols.ids import event_id
from errata.protocols.rollbar_telemetry import breadcrumbs_of

_FRAME = {"method": "function", "code": "context_line"}
_TOKENS = ("access_token", "accessToken")
# What the client writes for: the address that this request came from.
_REMOTE_ADDRESS = "$remote_ip"


def admit(body: bytes, _headers: Headers, _query: str) -> Admitted:
    """Give the one item of a `POST /api/1/item/`; its `uuid` is the event id.

    Raises:
        Invalid: the body is no JSON object with `data`.

    """
    data = loose_json.load_object(body).get("data")
    if not isinstance(data, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    item = AdmittedItem(ItemFormat.ROLLBAR_ITEM, body, event_id(data.get("uuid")))
    return Admitted((item,), sdk=foreign.sdk_of(data.get("notifier")))


def events_of(item: Item) -> list[Tree]:
    """Give the event of an item; raises `Invalid` when it is no JSON object with `data`."""
    outer = odd_json.load_object(item.payload)
    data = outer.pop("data", None)
    if not isinstance(data, dict):
        raise Invalid(Reason.NOT_AN_OBJECT)
    rest = outer | data
    _clear(rest)
    event: Tree = {"event_id": item.meta.event_id, "timestamp": rest.pop("timestamp", None)}
    client = foreign.take_tree(rest, "client")
    server = foreign.take_tree(rest, "server")
    notifier = foreign.take_tree(rest, "notifier")
    event["sdk"] = foreign.take_sdk(notifier)
    language = foreign.take_platform(rest, "language")
    framework = foreign.take_text(rest, "framework")
    event["platform"] = words.platform_of(framework, foreign.take_platform(rest, "platform"), language)
    foreign.add(event, "contexts", {"runtime": words.runtime_of(language)})
    _attributes(event, rest, client, server)
    foreign.add_tag(event, "framework", framework)
    foreign.add_tag(event, "branch", foreign.take_text(server, "branch"))
    body = foreign.take_tree(rest, "body")
    foreign.add(event, "breadcrumbs", {"values": breadcrumbs_of(body, server)})
    _exceptions(event, body, server.get("root"), notifier)
    _message(event, rest, body)
    _person_and_request(event, rest)
    _custom(event, rest)
    _clear(notifier.get("configured_options"))  # Node echoes its whole configuration
    if event_id(rest.get("uuid")):
        del rest["uuid"]
    rest |= {"body": foreign.without_empty(body), "notifier": notifier, "server": server, "client": client}
    return [foreign.finish(event, "rollbar", rest)]


def _clear(holder: Any) -> None:
    """Remove access tokens."""
    if isinstance(holder, dict):
        for token in _TOKENS:
            holder.pop(token, None)


def _custom(event: Tree, rest: Tree) -> None:
    """Map what the application attached; of a record of Python's logging, the logger's name."""
    custom = foreign.take_tree(rest, "custom")
    foreign.add(event, "extra", custom)
    record = event.get("extra", {}).get("record")
    if isinstance(record, dict) and isinstance(record.get("name"), str):
        event["logger"] = record["name"]
    for key in [key for key in rest if key in custom and rest[key] == custom[key]]:
        del rest[key]  # Node repeats each of them beside the fields of the item


def _attributes(event: Tree, rest: Tree, client: Tree, server: Tree) -> None:
    javascript = client.get("javascript")
    versions = [
        foreign.take_text(rest, "code_version"),
        foreign.take_text(javascript, "code_version") if isinstance(javascript, dict) else "",
        foreign.take_text(server, "code_version"),
    ]
    event["release"] = next(filter(None, versions), "")
    event["dist"] = foreign.take_text(server, "sha")
    event["environment"] = foreign.take_text(rest, "environment")
    event["server_name"] = foreign.take_text(server, "host")
    event["transaction"] = foreign.take_text(rest, "context")
    event["level"] = foreign.take_level(rest, "level")
    event["timestamp"] = event["timestamp"] or client.pop("timestamp", None)  # the browser has only this one
    if fingerprint := foreign.take_text(rest, "fingerprint"):
        event["fingerprint"] = [fingerprint]
    for attribute in foreign.take_trees(rest, "attributes", foreign.MOST_TAGS):
        foreign.add_tag(event, foreign.take_text(attribute, "key"), foreign.take_text(attribute, "value"))


def _exceptions(event: Tree, body: Tree, root: Any, notifier: Tree) -> None:
    """Map the traces: a chain with the raised exception first, or one alone."""
    traces = foreign.take_trees(body, "trace_chain", exceptions.MOST)
    if not traces and (trace := foreign.take_tree(body, "trace")):
        traces = [trace]
    if traces:
        first_column = 1 if event["platform"] == "node" else 0  # Node counts columns from 0, browsers from 1
        root = root if isinstance(root, str) else ""
        most = frames.most_of_each(len(traces))
        values = [_exception(trace, root, first_column, most) for trace in reversed(traces)]
        _say_handled(event, values[-1], notifier)
        event["exception"] = {"values": values}


def _exception(trace: Tree, root: str, first_column: int, most: int) -> Tree:
    said = foreign.take_tree(trace, "exception")
    kind, value = foreign.take_text(said, "class"), foreign.take_text(said, "message")
    stack = [_frame(frame, root, first_column) for frame in foreign.take_trees(trace, "frames", most)]
    return exceptions.exception(kind, value, stack, {"type": "rollbar"}, said | trace)


def _frame(frame: Tree, root: str, first_column: int) -> Tree:
    foreign.rename(frame, _FRAME)
    frames.settle_function(frame)
    frames.settle_place(frame, root)
    lines = foreign.take_tree(frame, "context")
    foreign.rename(lines, {"pre": "pre_context", "post": "post_context"})
    colno = frame.get("colno")
    if isinstance(colno, int):
        frame["colno"] = colno + first_column
    variables = _variables(frame)
    return foreign.without_empty({**frame, **lines, "vars": variables})


def _variables(frame: Tree) -> Tree:
    """Take the local variables of a frame, and what the function was called with, by name as far as names are told."""
    found = foreign.take_tree(frame, "kwargs")
    if isinstance(frame.get("args"), list):
        values = frame.pop("args")
        names = frame.get("argspec")
        names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
        found |= dict(zip(names, values, strict=False))
        found |= {"args": values[len(names) :]} if len(values) > len(names) else {}
    return found | foreign.take_tree(frame, "locals")


def _message(event: Tree, rest: Tree, body: Tree) -> None:
    """Map a message, or a crash report: the text of a crash as the system wrote it."""
    message = foreign.take_tree(body, "message")
    report = foreign.take_tree(body, "crash_report")
    raw = foreign.take_text(report, "raw")
    text = foreign.take_text(message, "body") or foreign.take_text(rest, "title") or raw.strip().partition("\n")[0]
    event["logentry"] = foreign.without_empty({"formatted": text})
    foreign.add(event, "extra", {"crash_report": {"raw": raw, **report} if raw else report, **message})


def _say_handled(event: Tree, raised: Tree, notifier: Tree) -> None:
    """Say whether it was handled, as far as the client does: only the JavaScript clients have a word for it."""
    diagnostic = notifier.get("diagnostic")
    uncaught = ["is_uncaught", "true"] in event.get("tags", ())
    if isinstance(diagnostic, dict):
        uncaught = uncaught or diagnostic.get("is_uncaught") is True
        raised["mechanism"]["handled"] = not uncaught
    if uncaught:
        raised["mechanism"]["handled"] = False
        if event["level"] == "debug":  # of the Node client's doing
            event["level"] = "error"


def _person_and_request(event: Tree, rest: Tree) -> None:
    person = foreign.take_tree(rest, "person")
    request = foreign.take_tree(rest, "request")
    address = foreign.take_text(request, "user_ip")
    foreign.add(event, "user", person)
    foreign.add(event, "user", {"ip_address": "{{auto}}" if address == _REMOTE_ADDRESS else address})
    mapped = {key: request.pop(key, None) for key in ("url", "method", "headers", "cookies", "query_string")}
    mapped["query_string"] = mapped["query_string"] or request.pop("GET", None)
    mapped["data"] = request.pop("body", None) or request.pop("POST", None)
    foreign.add(event, "request", mapped)
    rest["request"] = foreign.without_empty(request)
