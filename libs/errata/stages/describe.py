"""What an event is called: title, culprit, type, metadata and tags of a finished event, as people and issues know it.

Derived after all stages: the scrubber has been over the values that are cut and joined here, so no half of a secret is
left at a cut, and frames have their symbolicated names. The rules are Sentry's, so that issues read the same in both.
"""

from collections.abc import Iterable
from typing import Any

from errata.contracts.reports import REPORTS, origin_of
from errata.stages.derived_tags import derived_tags
from errata.stages.event_parts import exceptions, frames, message, text, threads
from errata.stages.stage import Event

TITLE_LENGTH = 100
"""Characters of the text in a title; one line of a list."""
CULPRIT_LENGTH = 200
TYPE_LENGTH = 128
VALUE_LENGTH = 1024

UNTITLED = "<unlabeled event>"
UNKNOWN = "<unknown>"

_NATIVE = frozenset({"objc", "cocoa", "native", "swift", "c"})
_JAVASCRIPT = frozenset({"javascript", "node"})


def describe(event: Event) -> Event:
    """Give the event with `type`, `title`, `metadata`, `culprit`, derived tags and, where known, `location` set.

    A `title` that is there already was given by a fingerprint rule (normalize takes away a client's), and is kept.
    """
    custom = event.pop("title", None)
    exception = main_exception(event)
    report = next((name for name in REPORTS if event.get(name)), None)
    if exception is not None:
        event["type"] = "error"
        event["metadata"] = metadata = _error_metadata(exception, event)
        title = _error_title(metadata)
    else:
        event["type"] = report or "default"
        title = _first_line(message(event)) or UNTITLED
        event["metadata"] = metadata = _report_metadata(report, event[report], event) if report else {"title": title}
    if custom:
        metadata["title"] = title = cut(custom, TITLE_LENGTH)
    event["title"] = title
    if location := metadata.get("filename") or metadata.get("uri") or metadata.get("origin"):
        event["location"] = location
    event["culprit"] = cut(_culprit(event, exception), CULPRIT_LENGTH)
    tags = [tag for tag in event.get("tags") or () if isinstance(tag, list) and len(tag) == 2]
    own = {name for name, _ in tags}
    event["tags"] = tags + [tag for tag in derived_tags(event, exception) if tag[0] not in own]
    return event


def main_exception(event: Event) -> Event | None:
    """Give the exception that was raised: the last one, unless the client named another; None when there is none."""
    chain = exceptions(event)
    if not chain:
        return None
    # A message that was captured with a stack (browser SDKs) comes as an exception without a type.
    if len(chain) == 1 and not chain[0].get("type") and message(event):
        return None
    wanted = event.get("main_exception_id")
    if wanted is not None:
        for exception in chain:
            if (exception.get("mechanism") or {}).get("exception_id") == wanted:
                return exception
    return chain[-1]


def cut(whole: str, length: int) -> str:
    """Give the text in at most so many characters, `...` at its end when some are missing."""
    return whole if len(whole) <= length else whole[: length - 3] + "..."


def _first_line(whole: str) -> str:
    for line in whole[: TITLE_LENGTH * 40].splitlines():
        if line := line.strip():
            return cut(line, TITLE_LENGTH)
    return ""


def _error_metadata(exception: Event, event: Event) -> dict[str, Any]:
    metadata: dict[str, Any] = {"value": cut(text(exception.get("value")), VALUE_LENGTH)}
    # A synthetic exception only carries a stack: its type was made up by the client and names nothing.
    if not (exception.get("mechanism") or {}).get("synthetic"):
        metadata["type"] = cut(text(exception.get("type")), TYPE_LENGTH) or "Error"
    stack = _crash_frames(event, exception)
    frame = next((frame for frame in reversed(stack) if frame.get("in_app")), stack[-1] if stack else None)
    if frame is not None:
        if filename := frame.get("filename") or frame.get("abs_path"):
            metadata["filename"] = filename
        if function := frame.get("function"):
            metadata["function"] = function
    return metadata


def _error_title(metadata: dict[str, Any]) -> str:
    kind = metadata.get("type")
    if kind is None:
        return cut(metadata.get("function") or _first_line(metadata["value"]) or UNKNOWN, TITLE_LENGTH)
    line = _first_line(metadata["value"])
    return f"{kind}: {line}" if line else str(kind)


def _report_metadata(name: str, report: Any, event: Event) -> dict[str, Any]:
    metadata: dict[str, Any] = {"message": message(event)}
    if not isinstance(report, dict):
        return metadata
    if name == "csp":
        metadata["directive"] = report.get("effective_directive") or ""
        metadata["uri"] = origin_of(report.get("blocked_uri"))
    elif origin := report.get("hostname") or report.get("url"):
        metadata["origin"] = origin
    return metadata


def _crash_frames(event: Event, exception: Event | None) -> list[Event]:
    """Give the frames of the trace that shows where it happened: of the exception, the crashed thread, the event."""
    in_question = [thread for thread in threads(event) if thread.get("crashed") or thread.get("current")]
    return next((stack for holder in (exception or {}, *in_question, event) if (stack := frames(holder))), [])


def _culprit(event: Event, exception: Event | None) -> str:
    for key in ("culprit", "transaction"):
        if said := text(event.get(key)):
            return said
    if exception and (exception.get("mechanism") or {}).get("synthetic"):
        return ""
    platform = event.get("platform")
    stack = _crash_frames(event, exception)
    in_app = _first_named((frame for frame in reversed(stack) if frame.get("in_app")), platform)
    if culprit := in_app or _first_named(stack[-1:], platform):
        return culprit
    request = event.get("request")
    return text(request.get("url")) if isinstance(request, dict) else ""


def _first_named(stack: Iterable[Event], platform: Any) -> str:
    return next((name for frame in stack if (name := _frame_culprit(frame, platform))), "")


def _frame_culprit(frame: Event, platform: Any) -> str:
    platform = frame.get("platform") or platform
    function = frame.get("function") or "?"
    if platform in _NATIVE:
        return str(function)
    place = frame.get("module") or frame.get("filename")
    if not place:
        return ""
    return f"{function}({place})" if platform in _JAVASCRIPT else f"{place} in {function}"
