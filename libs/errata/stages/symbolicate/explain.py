"""Why a frame was or was not symbolicated: the steps that the stage takes, in words."""

from collections.abc import Iterator
from typing import Any

from errata.stages.event_parts import frames, stack_holders
from errata.stages.stage import Event
from errata.stages.symbolicate import javascript
from errata.stages.symbolicate.artifacts import Absent, Answer, Kind, Need
from errata.stages.symbolicate.script import Script


def frames_of(event: Event) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each frame as it came and as it is stored, the newest call first, of all stacks of an event.

    Where a frame became several, or the event kept no other, the stored one stands for both.
    """
    pairs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for holder in stack_holders(event):
        stored = frames(holder)
        raw = frames(holder, "raw_stacktrace") or stored
        matching = stored if len(stored) == len(raw) else raw
        pairs += reversed(list(zip(raw, matching, strict=True)))
    return pairs


def need_of(event: Event, project: int, frame: dict[str, Any]) -> Need | None:
    """Give what a frame needs, None when it needs nothing."""
    images = (event.get("debug_meta") or {}).get("images") or []
    platform = event.get("platform") or ""
    url = javascript.built_file(frame, platform)
    if url:
        ids = javascript.debug_ids(images)
        return Need(Kind.SCRIPT, project, ids.get(url, ""), event.get("release") or "", event.get("dist") or "", url)
    if frame.get("platform", platform) == "java":
        ids_of_mappings = [one.get("uuid") or one.get("debug_id") for one in images if one.get("type") == "proguard"]
        return Need(Kind.PROGUARD, project, ids_of_mappings[0]) if ids_of_mappings else None
    return None


def steps(need: Need, answer: Answer, frame: dict[str, Any], platform: str) -> Iterator[str]:
    """Yield what follows from the answer to a frame's need."""
    if isinstance(answer, Absent):
        yield f"so it stays as it came: {answer.failure}" if answer.failure else "so it stays as it came"
        return
    if not isinstance(answer, Script):
        yield f"{need.kind} found: names of classes and functions are looked up in it"
        return
    line, column = frame["lineno"], frame.get("colno") or 0
    if answer.source_map is None:
        yield f"so it stays as it came: {answer.failure}" if answer.failure else "so it stays as it came"
    elif not column:
        yield "the frame has no column: no_column"
    else:
        original = answer.place(line, column, platform).original
        if original is None:
            yield f"the source map maps nothing to {line}:{column}: invalid_location; it is of another build"
        else:
            yield f"{line}:{column} is {original.source or '(a source without name)'} {original.line}:{original.column}"
            yield f"the scope there is {original.function or 'not known'}"
            if original.context_line is None:
                yield "the map holds no content of the source; it is looked for in the release"
