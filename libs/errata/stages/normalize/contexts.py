"""Contexts: runtime, operating system, device, trace and whatever else the client describes, one object each."""

import re
from itertools import islice
from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import LARGE, kept
from errata.stages.stage import Event

MAX_CONTEXTS = 100

KNOWN = frozenset(
    """app browser client_os cloud_resource culture device feedback gpu monitor nel os otel performance_score
    profile replay reprocessing response runtime trace unity unreal""".split()
)
"""Keys that say what kind of context it is; others hold the application's own, of type `default`."""

_PLACE: Place = (None, "contexts")
_TRACE_IDS = (("trace_id", 32), ("span_id", 16), ("parent_span_id", 16))

_WINDOWS = re.compile(r"(?:Microsoft )?Windows (?:NT )?(\d{1,4}(?:\.\d{1,6}){1,3})")
_DARWIN = re.compile(r"(?:Darwin|macOS|Mac OS X|iOS|tvOS|watchOS)[ -](?:Version )?(\d{1,4}(?:\.\d{1,6}){0,3})")
_DOTNET = re.compile(r"(\.NET(?: Framework| Core| Native)?|Mono) (\d{1,4}(?:\.\d{1,6}){0,3})")
_KERNEL = re.compile(r"(Linux|FreeBSD|OpenBSD|NetBSD) (\d{1,4}(?:\.\d{1,6}){0,3})")

# Microsoft's "How to determine which .NET Framework versions are installed": the least release number of each version.
_FRAMEWORK_RELEASES = (
    (533320, "4.8.1"),
    (528040, "4.8"),
    (461808, "4.7.2"),
    (461308, "4.7.1"),
    (460798, "4.7"),
    (394802, "4.6.2"),
    (394254, "4.6.1"),
    (393295, "4.6"),
    (379893, "4.5.2"),
    (378675, "4.5.1"),
    (378389, "4.5"),
)


def clean(event: Event, notes: Notes) -> None:
    """Make each of `event["contexts"]` an object with a `type`; empty ones are removed."""
    contexts: Any = event["contexts"]
    if not isinstance(contexts, dict):
        del event["contexts"]
        if contexts is not None:
            notes.invalid(_PLACE, contexts)
        return
    if len(contexts) > MAX_CONTEXTS:
        notes.trimmed(_PLACE, {"len": len(contexts)})
        event["contexts"] = contexts = dict(islice(contexts.items(), MAX_CONTEXTS))
    for key, context in list(contexts.items()):
        place = (_PLACE, key)
        if not isinstance(context, dict):
            if context is not None:
                notes.invalid(place, context)
            del contexts[key]
            continue
        _one(key, context, place, notes)
        if context:
            contexts[key] = kept(context, LARGE, place, notes)
        else:
            del contexts[key]
    if not contexts:
        del event["contexts"]


def _one(key: str, context: Event, place: Place, notes: Notes) -> None:
    values.drop_nulls(context)
    if not context:
        return
    kind = context.get("type")
    if not isinstance(kind, str):
        kind = context["type"] = key if key in KNOWN else "default"
    if kind == "trace":
        for name, length in _TRACE_IDS:
            if name in context:
                keep_hex(context, name, length, place, notes)
    elif kind in {"os", "runtime"} and "raw_description" in context and "version" not in context:
        _from_description(kind, context)


def keep_hex(holder: Event, key: str, length: int, place: Place, notes: Notes) -> None:
    """Make `holder[key]` an id of so many lower-case hex digits, hyphens taken out; all zeros name nothing."""
    value = holder[key]
    if isinstance(value, str):
        digits = (value.replace("-", "") if "-" in value else value).lower()
        if len(digits) == length and not digits.strip("0123456789abcdef") and digits.strip("0"):
            holder[key] = digits
            return
    del holder[key]
    if value is not None:
        notes.invalid((place, key), value)


def _from_description(kind: str, context: Event) -> None:
    """Read name and version out of the one line that .NET, Mono and old clients send."""
    text = context["raw_description"]
    if not isinstance(text, str):
        return
    text = text[: values.TAG]
    if kind == "os":
        if match := _WINDOWS.match(text):
            context.setdefault("name", "Windows")
            context["version"] = match[1]
        elif match := _DARWIN.match(text):
            context.setdefault("name", match[0].partition(" ")[0])
            context["version"] = match[1]
        elif match := _KERNEL.match(text):
            context.setdefault("name", match[1])
            context["kernel_version"] = match[2]
        return
    if match := _DOTNET.match(text):
        context.setdefault("name", match[1])
        context["version"] = _framework_version(context.get("build"), match[1]) or match[2]


def _framework_version(build: Any, name: str) -> str:
    """Give the version that a .NET Framework release number stands for; the runtime itself only says 4.0.30319."""
    if name != ".NET Framework" or not str(build).isdecimal():
        return ""
    return next((version for release, version in _FRAMEWORK_RELEASES if int(build) >= release), "")
