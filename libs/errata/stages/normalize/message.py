"""The message: `logentry` with the template as the programmer wrote it and the text as people read it."""

import re
from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.browser_messages import PLATFORMS, in_english
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

_PERCENT = re.compile(
    r"%(?:%|(?:\((?P<name>[^()%\s]{1,64})\))?[-+ #0]{0,5}[0-9]{0,5}(?:\.[0-9]{1,5})?[hlL]{0,2}"
    r"[diouxXeEfFgGcrsa])"
)
"""Python's places for parameters: `%s`, `%(name)s`, and `%%`. Every repetition is bounded, so it is linear."""
_BRACES = re.compile(r"\{(?P<name>[A-Za-z_0-9]{0,64})\}")
"""`{}`, `{0}`, `{name}`."""

_PLACE: Place = (None, "logentry")


def _params(value: Any, place: Place, notes: Notes) -> Any:
    if value.__class__ is dict or value.__class__ is list:
        return kept(value, SMALL, place, notes) if value else None
    notes.invalid(place, value)
    return None


_FIELDS = Fields(
    {
        "message": rules.AsJson(values.MESSAGE),
        "formatted": rules.AsJson(values.MESSAGE),
        "params": _params,
    }
)


def clean(event: Event, notes: Notes) -> None:
    """Fold `message` and `logentry` into one `logentry` of `message` (the template), `params` and `formatted`.

    What is only one text is `formatted`, as Sentry stores it.
    """
    entry: Any = event.pop("logentry", None)
    message: Any = event.pop("message", None)
    if entry is None:
        entry, message = message, None
    if entry is None or entry is False:  # what raven wrote for no message
        return
    if not isinstance(entry, dict):
        entry = {"formatted": entry}
    if isinstance(message, str) and message and not entry.get("formatted"):
        # Beside a template, the plain `message` is what the client made of it.
        entry["formatted"] = message
    if not entry:
        return
    _FIELDS.clean(entry, _PLACE, notes)
    if _settle(entry, notes):
        event["logentry"] = entry
        if event["platform"] in PLATFORMS and "message" not in entry:
            entry["formatted"] = in_english(entry["formatted"])
    elif entry:
        notes.invalid(_PLACE)


def _settle(entry: Event, notes: Notes) -> bool:
    """Fill in the parameters where the client did not; give False when there is no text at all."""
    message, params = entry.get("message"), entry.get("params")
    if message and params and "formatted" not in entry and (formatted := fill(message, params)) is not None:
        entry["formatted"] = values.limited(formatted, values.MESSAGE, (_PLACE, "formatted"), notes)
    if message and entry.get("formatted", message) == message:
        entry["formatted"] = entry.pop("message")
    return "formatted" in entry


def fill(template: str, params: dict[str, Any] | list[Any]) -> str | None:
    """Give the template with its places filled in; None when a place has no parameter.

    A template with a percent sign is Python's, as its braces are most likely text; any other is one of braces.
    """
    position = 0

    def value_at(match: re.Match[str]) -> str:
        nonlocal position
        if match[0] == "%%":
            return "%"
        name = match["name"]
        if isinstance(params, dict):
            return values.json_text(params[name])
        index = int(name) if name else position
        position += not name
        return values.json_text(params[index])

    try:
        return (_PERCENT if "%" in template else _BRACES).sub(value_at, template)
    except (LookupError, ValueError):
        return None
