"""Symbolicate: frames of built code get the place, function and lines of what people wrote.

JavaScript by source maps, the JVM by ProGuard or R8 mappings, native code by symbols. The stage fetches nothing: what
it needs is in the context, or it raises `Missing` and is run again.
"""

from typing import Any

from errata.config.model import Project
from errata.stages.event_parts import frames, images, stack_holders
from errata.stages.stage import Context, Event
from errata.stages.symbolicate import javascript, jvm, native
from errata.stages.symbolicate.lookups import Lookups


class Symbolicate:
    """Changes the frames of an event by what was uploaded for its release; keeps those that came beside them."""

    name = "symbolicate"

    def __init__(self, project: Project) -> None:
        """Belong to a project: artifacts are looked up within it."""
        self._project = project.id
        self._origins = project.symbolication.fetch_origins

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event with its frames symbolicated as far as possible; why not is in its `errors`.

        Raises:
            Missing: something must be fetched first.

        """
        if context.artifacts is None:
            return event
        platform = event.get("platform") or ""
        found = images(event)
        if not found and platform not in javascript.PLATFORMS:
            return event
        lookups = Lookups(
            context.artifacts,
            self._project,
            event.get("release") or "",
            event.get("dist") or "",
            javascript.debug_ids(found),
            origins=self._origins,
        )
        mappings = jvm.Mappings(found, lookups)
        binaries = native.Binaries(found, lookups)
        for holder in stack_holders(event):
            _symbolicate(holder, platform, lookups, mappings, binaries)
        mappings.rename_exceptions(event)
        lookups.check()
        lookups.note_errors(event)
        return event


def _symbolicate(
    holder: Event, platform: str, lookups: Lookups, mappings: jvm.Mappings, binaries: native.Binaries
) -> None:
    """Change the stack of an exception, thread or event; the one as it came stands beside it when it differs."""
    stack = holder["stacktrace"]
    done, raw = javascript.symbolicate(frames(holder), platform, lookups)
    if mappings:
        done = mappings.symbolicate(done)
    if binaries:
        done = binaries.symbolicate(done)
    stack["frames"] = done
    if len(done) != len(raw) or any(new is not old for new, old in zip(done, raw, strict=True)):
        shared = {id(frame) for frame in done}
        holder["raw_stacktrace"] = {
            **stack,
            "frames": [_without_variables(frame) if id(frame) in shared or "vars" in frame else frame for frame in raw],
        }


def _without_variables(frame: dict[str, Any]) -> dict[str, Any]:
    """Give a frame of its own for the stack as it came: variables stand in the other, and are what is largest."""
    return {key: value for key, value in frame.items() if key != "vars"}
