"""An event as fingerprint rules and variables see it: looked up by the names that people write in rules."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from errata.stages.fingerprint.exceptions import Thrown, bare_stack, exceptions_of
from errata.stages.fingerprint.families import family_of
from errata.stages.fingerprint.frames import Frame, FrameReader
from errata.stages.fingerprint.texts import text_of


class View:
    """One event; everything is worked out when first asked for."""

    def __init__(self, event: dict[str, Any], frames: FrameReader) -> None:
        self._event = event
        self.read: Callable[[dict[str, Any]], Frame] = frames.reader(event.get("platform"))
        self.family = family_of(event.get("platform"))

    @cached_property
    def exceptions(self) -> list[Thrown]:
        """The exceptions, the raised one last."""
        return exceptions_of(self._event)

    @cached_property
    def frames(self) -> list[dict[str, Any]]:
        """The frames of all exceptions, or else of the event's own stack or its thread in question."""
        return [frame for one in self.exceptions for frame in one.frames] or bare_stack(self._event)

    @cached_property
    def crash_frame(self) -> dict[str, Any]:
        """The application's frame nearest to the crash, else the frame nearest to it; empty without a stack."""
        stacks = [one.frames for one in self.exceptions if one.frames]
        frames = stacks[-1] if stacks else bare_stack(self._event)
        in_app = [frame for frame in frames if frame.get("in_app") is True]
        return (in_app or frames or [{}])[-1]

    @cached_property
    def raised(self) -> Thrown:
        """The exception that was raised; an empty one when there is none."""
        return self.exceptions[-1] if self.exceptions else Thrown()

    @cached_property
    def message(self) -> str:
        """The text of the message, or else the raised exception's value."""
        entry = self._event.get("logentry")
        if isinstance(entry, dict):
            entry = entry.get("formatted") or entry.get("message")
        for text in (entry, self._event.get("message"), self.raised.value):
            if isinstance(text, str) and text:
                return text_of(text)
        return ""

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tags, in either of the forms that clients send."""
        tags = self._event.get("tags")
        pairs = tags.items() if isinstance(tags, dict) else tags if isinstance(tags, list) else ()
        found = {}
        for pair in pairs:
            if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) and pair[1] is not None:
                found[pair[0]] = text_of(str(pair[1]))
        return found

    def field(self, name: str) -> str:
        """Give a plain field of the event, such as its level; the SDK by its name."""
        if name == "message":
            return self.message
        if name == "family":
            return self.family
        value = self._event.get(name)
        if name == "sdk" and isinstance(value, dict):
            value = value.get("name")
        if not value and name in ("release", "environment", "transaction"):
            value = self.tags.get(name)
        return text_of(value)
