"""Why an event is grouped as it is: a tree for people, from the very parts that were hashed."""

from typing import Any

from errata.stages.fingerprint.components import Grouped, Part
from errata.stages.fingerprint.frames import Frame


def tree(grouped: Grouped) -> dict[str, Any]:
    """Give the parts that `{{ default }}` was made of, and each frame's share in it."""
    return {"by": grouped.by, "default": grouped.text(), "parts": [_part(part) for part in grouped.parts]}


def _part(part: Part) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": part.kind, "values": part.values}
    if part.stack:
        found["frames"] = [
            _frame(frame, in_app=verdict.in_app, counts=verdict.counts, contributes=place in part.places)
            for place, (frame, verdict) in enumerate(zip(part.stack.frames, part.stack.verdicts, strict=True))
        ]
    return found


def _frame(frame: Frame, *, in_app: bool, counts: bool, contributes: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: text
        for name, text in (("where", frame.where), ("function", frame.function), ("line", frame.line))
        if text
    }
    found |= {"in_app": in_app, "contributes": contributes}
    if not contributes:
        found["why"] = (
            "names nothing"
            if not frame.key
            else "taken out by a stack-trace rule"
            if not counts
            else "repeats, or beyond the frames that count"
            if in_app
            else "not the application's"
        )
    return found


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
