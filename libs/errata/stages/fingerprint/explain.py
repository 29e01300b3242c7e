"""Why an event is grouped as it is: a tree for people, from the very parts that were hashed."""

from typing import Any

from errata.stages.fingerprint.components import Grouped, Part
from errata.stages.fingerprint.frames import Frame
from errata.stages.fingerprint.stack_rules import Verdict


def tree(grouped: Grouped) -> dict[str, Any]:
    """Give the parts that `{{ default }}` was made of, and each frame's share in it."""
    return {"by": grouped.by, "default": grouped.text(), "parts": [_part(part) for part in grouped.parts]}


def _part(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": part.kind, "values": part.values}
    if part.stack:
        verdicts = part.stack.verdicts
        only_app = all(verdicts[place].in_app for place in part.places)
        found["frames"] = [
            _names(frame)
            | {"in_app": verdict.in_app, "contributes": place in part.places}
            | ({} if place in part.places else {"why": _why_not(frame, verdict, only_app=only_app)})
            for place, (frame, verdict) in enumerate(zip(part.stack.frames, verdicts, strict=True))
        ]
    return found


def _names(frame: Frame) -> dict[str, Any]:
    named = (("where", frame.where), ("function", frame.function), ("line", frame.line))
    return {name: text for name, text in named if text}


def _why_not(frame: Frame, verdict: Frame | Verdict, *, only_app: bool) -> str:
    """Give why a frame does not contribute; `only_app` tells that only frames of the application may."""
    if not frame.key:
        return "names nothing"
    if not verdict.counts:
        return "taken out by a stack-trace rule"
    if only_app and not verdict.in_app:
        return "not the application's"
    if frame.of_library:
        return "only its library is known"
    return "repeats, or beyond the frames that count"


def lines(explanation: dict[str, Any]) -> list[str]:
    """Give the explanation as an indented text, a line each."""
    out = [f"grouping {explanation['version']}: {explanation['decided_by']}"]
    if explanation["matched_rule"]:
        out.append(f"  rule: {explanation['matched_rule']}")
    out.append(f"  fingerprint: {', '.join(explanation['fingerprint'])}")
    out.append(f"  group: {explanation['hash']}")
    default = explanation["default"]
    out.append(f"  {{{{ default }}}} = {default['default']}, by {default['by']}")
    for part in default["parts"]:
        values = " | ".join(value.strip() for value in part["values"] if value)
        out.append(f"    {part['kind']}" + (f": {values}" if values else ""))
        for frame in part.get("frames", ()):
            names = " ".join(frame[name] for name in ("where", "function", "line") if name in frame)
            mark = "+" if frame["contributes"] else "-"
            out.append(f"      {mark} {names or '(nothing)'}" + (f"  ({frame['why']})" if "why" in frame else ""))
    return out
