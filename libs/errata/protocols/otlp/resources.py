"""What an OTLP resource and scope say of an event: which application, in which release, where it runs."""

from typing import Any

from errata.protocols import foreign, words
from errata.protocols.foreign import Tree
from errata.protocols.otlp.attributes import text_of


def describe_resource(event: Tree, attributes: Tree) -> None:
    """Map the attributes of a resource; those without a field of their own become tags, structures go to `otel`."""
    event["sdk"] = foreign.without_empty(
        {"name": _take(attributes, "telemetry.sdk.name"), "version": _take(attributes, "telemetry.sdk.version")}
    )
    event["platform"] = words.platform_of(_take(attributes, "telemetry.sdk.language"))
    event["release"] = _take(attributes, "service.version")
    event["environment"] = _take(attributes, "deployment.environment.name") or _take(
        attributes, "deployment.environment"
    )
    event["server_name"] = _take(attributes, "host.name") or _take(attributes, "service.instance.id")
    runtime = {name: _take(attributes, f"process.runtime.{name}") for name in ("name", "version")}
    system = {name: _take(attributes, f"os.{name}") for name in ("name", "version")}
    system["name"] = system["name"] or _take(attributes, "os.type")
    foreign.add(event, "contexts", {"runtime": foreign.without_empty(runtime), "os": foreign.without_empty(system)})
    _tag(event, attributes)


def describe_scope(event: Tree, scope: Tree, attributes: Tree) -> None:
    """Map a scope: its name is the logger's, or the library's that made the span."""
    event["logger"] = foreign.take_text(scope, "name")
    foreign.add_tag(event, "otel.scope.version", foreign.take_text(scope, "version"))
    _tag(event, attributes)


def describe_user(event: Tree, attributes: Tree) -> None:
    """Map who was affected: `user.*`, and the older `enduser.*`."""
    user: dict[str, Any] = {
        "id": _take(attributes, "user.id") or _take(attributes, "enduser.id"),
        "email": _take(attributes, "user.email"),
        "username": _take(attributes, "user.name"),
        "name": _take(attributes, "user.full_name"),
    }
    for key in [key for key in attributes if key.startswith(("user.", "enduser."))]:
        name = key.partition(".")[2]
        user[key if user.get(name) else name] = attributes.pop(key)  # one that is told twice keeps its name
    foreign.add(event, "user", user)


def describe_request(event: Tree, attributes: Tree) -> None:
    """Map the HTTP request by today's names and those before version 1.20 of the conventions."""
    url = _take(attributes, "url.full") or _take(attributes, "http.url")
    path, query = _take(attributes, "url.path") or _take(attributes, "http.target"), _take(attributes, "url.query")
    if not url and path:
        host = _take(attributes, "server.address") or _take(attributes, "http.host")
        port = _take(attributes, "server.port") if host else ""
        scheme = _take(attributes, "url.scheme") or _take(attributes, "http.scheme")
        url = f"{scheme or 'http'}://{host}{':' if port else ''}{port}{path}" if host else path
        path = ""
    headers: Tree = {}
    prefix = "http.request.header."
    for key in [key for key in attributes if key.startswith(prefix)]:
        value = attributes.pop(key)
        headers[key.removeprefix(prefix)] = ", ".join(map(text_of, value)) if isinstance(value, list) else value
    agent = _take(attributes, "user_agent.original") or _take(attributes, "http.user_agent")
    address = _take(attributes, "client.address") or _take(attributes, "http.client_ip")
    request = {
        "url": url,
        "method": _take(attributes, "http.request.method") or _take(attributes, "http.method"),
        "query_string": query,
        "headers": headers | ({"User-Agent": agent} if agent else {}),
        "env": {"REMOTE_ADDR": address} if address else {},
    }
    foreign.add(event, "request", request)
    if path:  # beside a whole URL
        attributes["url.path"] = path


def _tag(event: Tree, attributes: Tree) -> None:
    """Make tags of the attributes that are no structures, as far as an event has room for them."""
    for key in list(attributes)[: foreign.MOST_TAGS]:
        if text := _take(attributes, key):
            foreign.add_tag(event, key, text)


def _take(attributes: Tree, key: str) -> str:
    """Take an attribute that is no structure, as text."""
    text = text_of(attributes.get(key))
    if text:
        del attributes[key]
    return text
