"""Small events and projects for the tests of the fingerprint stage."""

from errata.config.grouping import GroupingSettings
from errata.config.model import Project
from errata.stages.fingerprint import Fingerprint
from errata.stages.stage import ANNOTATIONS, Context

CONTEXT = Context(event_id="0" * 32, received_at=1_700_000_000_000_000)


def stage(project_id=1, **settings):
    """Give the stage of a project with these grouping settings."""
    return Fingerprint(Project(id=project_id, slug="p", keys=(), grouping=GroupingSettings(**settings)))


def grouping(event, **settings):
    """Give the annotation that the stage leaves."""
    return stage(**settings)(event, CONTEXT)[ANNOTATIONS]["grouping"]


def group(event, **settings):
    """Give the group hash of an event."""
    return grouping(event, **settings)["hash"]


def explanation(event, **settings):
    """Give why an event is grouped as it is."""
    of = stage(**settings)
    return of.explain(of(event, CONTEXT))


def explained(event, **settings):
    """Give the names of the frames that contribute, oldest first, of all exceptions."""
    parts = explanation(event, **settings)["default"]["parts"]
    return [
        frame.get("function") or frame["where"]
        for part in parts
        for frame in part.get("frames", ())
        if frame["contributes"]
    ]


def frame(function=None, *, in_app=None, **fields):
    """Give a frame; a field that is None is absent."""
    fields = {"function": function, "in_app": in_app, **fields}
    return {name: value for name, value in fields.items() if value is not None}


def frames(*functions, **fields):
    """Give frames of one module, oldest first; a name with a `+` before it is the application's."""
    return [frame(name.lstrip("+"), in_app=name.startswith("+"), **{"module": "m", **fields}) for name in functions]


def exception(*stack, kind="ValueError", value="went wrong", **mechanism):
    """Give one exception with this stack."""
    found = {"type": kind, "value": value}
    if stack:
        found["stacktrace"] = {"frames": list(stack)}
    if mechanism:
        found["mechanism"] = mechanism
    return {name: text for name, text in found.items() if text is not None}


def event(*exceptions, platform="python", **fields):
    """Give an event with these exceptions, the raised one last."""
    found = {"platform": platform, **fields}
    if exceptions:
        found["exception"] = {"values": list(exceptions)}
    return found
