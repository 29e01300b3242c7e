"""Browser, operating system and device as contexts, read from the request's user agent where the client sent none."""

from functools import lru_cache
from typing import Any

from errata.stages.stage import Event
from errata.stages.user_agents import parse


def add_contexts(event: Event, user_agent: str) -> None:
    """Add the contexts that the user agent tells and the event does not have.

    An `os` that is there is the server's own; the user's then becomes `client_os`, if it is another.
    """
    if not user_agent:
        return
    found = _contexts_of(user_agent)
    if not found:
        return
    contexts = event.setdefault("contexts", {})
    for key, context in found:
        if key == "os" and "os" in contexts:
            if contexts["os"].get("name") != context["name"]:
                contexts.setdefault("client_os", dict(context))
        elif key not in contexts:
            contexts[key] = dict(context)


@lru_cache(maxsize=4096)
def _contexts_of(user_agent: str) -> tuple[tuple[str, dict[str, str]], ...]:
    result = parse(user_agent)
    found: list[tuple[str, dict[str, str]]] = []
    if result.user_agent:
        found.append(("browser", _named(result.user_agent)))
    if result.os:
        found.append(("os", _named(result.os)))
    if (device := result.device) and device.family not in {"Other", "Spider"}:
        described = {"family": device.family, "model": device.model, "brand": device.brand, "type": "device"}
        found.append(("device", {key: text for key, text in described.items() if text}))
    for key, context in found:
        context["type"] = key
    return tuple(found)


def _named(part: Any) -> dict[str, str]:
    """Give name and version; the version as far as it is known, to the third number."""
    version = ".".join(number for number in (part.major, part.minor, part.patch) if number)
    return {"name": part.family, "version": version} if version else {"name": part.family}
