"""Normalize: from whatever a client sent to the one canonical form that every later stage relies on."""

from errata.config.model import Project
from errata.stages.stage import ANNOTATIONS, Context, Event


class Normalize:
    """Brings an event into canonical form; a wrong field is removed and noted, the event is never lost."""

    name = "normalize"

    def __init__(self, project: Project) -> None:
        self._project = project.id

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event in canonical form."""
        event.pop(ANNOTATIONS, None)
        event["event_id"] = context.event_id
        return event
