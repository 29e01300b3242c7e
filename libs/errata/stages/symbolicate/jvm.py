"""Frames and exceptions of the JVM whose names ProGuard or R8 took away, given back by the mapping of the build."""

from typing import Any

from symbolic.proguard import JavaStackFrame, ProguardMapper

from errata.stages.event_parts import exceptions
from errata.stages.in_app import is_in_app
from errata.stages.stage import Event
from errata.stages.symbolicate.artifacts import Absent, Kind
from errata.stages.symbolicate.lookups import Lookups

# An application has one mapping; a hostile event may name a thousand.
_MAX_MAPPINGS = 4


def mapping_ids(images: list[Any]) -> list[str]:
    """Give the ids of the mappings that an event names, the first few."""
    ids = [image.get("uuid") or image.get("debug_id") for image in images if image.get("type") == "proguard"]
    return list(filter(None, ids))[:_MAX_MAPPINGS]


class Mappings:
    """The mappings that an event names."""

    def __init__(self, images: list[Any], lookups: Lookups) -> None:
        self._mappers: list[ProguardMapper] = []
        for debug_id in mapping_ids(images):
            found = lookups.by_id(Kind.PROGUARD, debug_id)
            if isinstance(found, ProguardMapper):
                self._mappers.append(found)
            elif isinstance(found, Absent):
                lookups.failed(found.failure, debug_id)

    def __bool__(self) -> bool:
        return bool(self._mappers)

    def symbolicate(self, frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give the frames with original names; one becomes several where methods were inlined, oldest call first."""
        return [new for frame in frames for new in self._frames(frame)]

    def rename_exceptions(self, event: Event) -> None:
        """Give exceptions of obfuscated classes their type and module back."""
        if not self._mappers:
            return
        for value in exceptions(event):
            kind, module = value.get("type"), value.get("module")
            if not isinstance(kind, str) or not isinstance(module, str):
                continue
            name = self._class(f"{module}.{kind}")
            if name:
                value["module"], _, value["type"] = name.rpartition(".")

    def _frames(self, frame: dict[str, Any]) -> list[dict[str, Any]]:
        module, function, line = frame.get("module"), frame.get("function"), frame.get("lineno") or 0
        if not module or not function or frame.get("platform", "java") != "java":
            return [frame]
        for mapper in self._mappers:
            found = remapped(mapper, module, function, line)
            if found:
                # The innermost comes first.
                return [_frame(frame, one.class_name, one.method, one.line, one.file or "") for one in reversed(found)]
        name = self._class(module)
        return [_frame(frame, name, function, line, "")] if name else [frame]

    def _class(self, name: str) -> str:
        return next((found for mapper in self._mappers if (found := mapper.remap_class(name))), "")


def remapped(mapper: ProguardMapper, module: str, function: str, line: int) -> list[JavaStackFrame]:
    """Give what a frame was built from, the innermost first; empty when the mapping does not say or is ambiguous."""
    found = mapper.remap_frame(module, function, line)
    if any(one.line for one in found):
        return found
    # Without lines these are no calls within one another but all methods that have the short name, overloads mostly.
    named = mapper.remap_method(module, function)
    return [JavaStackFrame(*named, line, found[0].file if found else None)] if named else []


def _frame(frame: dict[str, Any], module: str, function: str, line: int, file: str) -> dict[str, Any]:
    """Give a frame with other names; a class is in the file of its outermost class, when nothing else is said."""
    changed = {**frame, "module": module, "function": function}
    file = file or f"{module.rpartition('.')[2].partition('$')[0]}.java"
    changed["filename"] = changed["abs_path"] = file
    if line:
        changed["lineno"] = line
    in_app = is_in_app("java", file, module, "", function)
    if in_app is not None:
        changed["in_app"] = in_app
    changed["data"] = {**(frame.get("data") or {}), "symbolicated": True}
    return changed
