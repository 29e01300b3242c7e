"""An event as fingerprint rules and variables see it: looked up by the names that people write in rules."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from errata.stages.derived_tags import derived_tags
from errata.stages.event_parts import raised_exception
from errata.stages.fingerprint.exceptions import Thrown, bare_stack, exceptions_of
from errata.stages.fingerprint.families import family_of
from errata.stages.fingerprint.frames import Frame, FrameReader
from errata.stages.fingerprint.stacks import read_stack
from errata.stages.fingerprint.texts import text_of


class Seen(NamedTuple):
    """One frame: as it was sent, cleaned, and whose code the stack-trace rules say it is."""

    sent: dict[str, Any]
    cleaned: Frame
    in_app: bool


class View:
    """One event; everything is worked out when first asked for."""

    def __init__(self, event: dict[str, Any], frames: FrameReader) -> None:
        self._event = event
        self._rules = frames.rules
        self._read: Callable[[dict[str, Any]], Frame] = frames.reader(event.get("platform"))

    @cached_property
    def exceptions(self) -> list[Thrown]:
        """The exceptions, the raised one last."""
        return exceptions_of(self._event)

    @cached_property
    def stacks(self) -> list[list[Seen]]:
        """The frames of each exception that has any, or else of the event's own stack or its thread in question."""
        holders = [one for one in self.exceptions if one.frames] or [Thrown(frames=bare_stack(self._event))]
        return [self._seen(holder) for holder in holders]

    @cached_property
    def crash_frame(self) -> Seen | None:
        """The application's frame nearest to the crash, else the frame nearest to it; None without a stack."""
        frames = self.stacks[-1]
        return next((frame for frame in reversed(frames) if frame.in_app), frames[-1] if frames else None)

    @cached_property
    def raised(self) -> Thrown:
        """The exception that was raised; an empty one when there is none."""
        return self.exceptions[-1] if self.exceptions else Thrown()

    @cached_property
    def logged(self) -> str:
        """The text that was logged; empty for an error."""
        entry = self._event.get("logentry")
        if isinstance(entry, dict):
            entry = entry.get("formatted") or entry.get("message")
        texts = (text_of(text).strip() for text in (entry, self._event.get("message")))
        return next(filter(None, texts), "")

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tags, those that are derived from the event (`server_name`, `browser`...) too."""
        found = dict(derived_tags(self._event, raised_exception(self._event)))
        tags = self._event.get("tags")
        pairs = tags.items() if isinstance(tags, dict) else tags if isinstance(tags, list) else ()
        for pair in pairs:
            if isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) and pair[1] is not None:
                found[pair[0]] = text_of(str(pair[1])).strip()
        return found

    def field(self, name: str) -> str:
        """Give a plain field of the event, such as its level; the SDK by its name."""
        if name == "family":
            return family_of(self._event.get("platform"))
        value = self._event.get(name)
        if name == "sdk" and isinstance(value, dict):
            value = value.get("name")
        if not value and name in ("release", "environment", "transaction"):
            value = self.tags.get(name)
        return text_of(value).strip()

    def _seen(self, holder: Thrown) -> list[Seen]:
        stack = read_stack(holder, self._read, self._rules)
        return [
            Seen(sent, cleaned, verdict.in_app)
            for sent, cleaned, verdict in zip(holder.frames, stack.frames, stack.verdicts, strict=True)
        ]
