"""What normalizing took away, told to whoever looks at the event: `errors` says what was wrong, `_meta` what was cut.

A place in the event is a linked pair `(parent place, key)`, so that walking costs nothing until there is something to
tell; only then it becomes text.
"""

from typing import Any, TypeAlias

from errata.stages.stage import Event

Place: TypeAlias = "tuple[Place, str | int] | None"
"""Where something stands in the event; None is the event itself."""

MAX_ERRORS = 100
"""Notes kept per event: one hostile event can be wrong in a million places."""
VALUE_LENGTH = 64
"""Characters of a wrong value that a note repeats."""


class Notes:
    """The notes of one event."""

    __slots__ = ("errors", "trimmed_places")

    def __init__(self) -> None:
        self.errors: list[Event] = []
        self.trimmed_places: list[tuple[Place, Event]] = []

    def invalid(self, place: Place, value: Any = None) -> None:
        """Note that a value was removed because it cannot be what its name says.

        The value is repeated when it is a number or a short text; never a container, which could hide a secret under a
        key that the scrubber would have known.
        """
        self.error("invalid_data", path_of(place), value)

    def missing(self, place: Place) -> None:
        """Note that a field is not there without which its interface says little."""
        self.error("missing_attribute", path_of(place))

    def error(self, kind: str, name: str, value: Any = None) -> None:
        """Note an error of this type (Sentry's names) about the field of this name."""
        if len(self.errors) >= MAX_ERRORS:
            return
        note: Event = {"type": kind, "name": name[:200]}
        if isinstance(value, str | int | float):
            note["value"] = value[:VALUE_LENGTH] if isinstance(value, str) else value
        self.errors.append(note)

    def trimmed(self, place: Place, meta: Event) -> None:
        """Note that something was cut short; `meta` in Sentry's form: `rem` what was done, `len` how long it was."""
        if len(self.trimmed_places) < MAX_ERRORS:
            self.trimmed_places.append((place, meta))

    def attach(self, event: Event) -> None:
        """Write the notes into the event."""
        if self.errors:
            known = event.get("errors", [])
            event["errors"] = [*known, *(error for error in self.errors if not _is_known(error, known))][:MAX_ERRORS]
        if not self.trimmed_places:
            return
        tree = event.setdefault("_meta", {})
        for place, meta in self.trimmed_places:
            node = tree
            for key in keys_of(place):
                child = node.get(str(key))
                if not isinstance(child, dict):
                    child = node[str(key)] = {}
                node = child
            known = node.get("")
            node[""] = {**known, **meta} if isinstance(known, dict) else meta


def _is_known(error: Event, known: list[Event]) -> bool:
    """Give whether the event says so already: a stored event that comes again lacks what was wrong the first time."""
    if error["type"] == "missing_attribute":
        return any(note.get("name") == error["name"] for note in known)
    return error in known


def keys_of(place: Place) -> list[str | int]:
    """Give the keys from the event down to the place."""
    keys: list[str | int] = []
    while place is not None:
        place, key = place
        keys.append(key)
    keys.reverse()
    return keys


def path_of(place: Place) -> str:
    """Give the place as text, such as `stacktrace.frames.0.function`."""
    return ".".join(map(str, keys_of(place)))
