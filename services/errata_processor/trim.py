"""Making an event fit: the largest parts that grouping, search and titles do not need go first."""

from errata.contracts.odd_json import dumps
from errata.stages.event_parts import exceptions, frames
from errata.stages.stage import Event

# Never dropped: what an issue is made of (exception, message, tags, release, user and the like).
_DROPPABLE = (
    "breadcrumbs",
    "contexts",
    "debug_meta",
    "extra",
    "modules",
    "request",
    "spans",
    "threads",
    "_meta",
)
_VARS = "stacktrace.vars"


def trim(event: Event, excess: int) -> bool:
    """Drop parts of the event, largest first, until `excess` bytes of its JSON are gone; give False when it cannot be.

    Each part is named under `errors` of the event, as Sentry's schema has it, so that nobody takes it for never sent.
    Variables of stack frames count as one part.
    """
    with_vars = [frame for exception in exceptions(event) for frame in frames(exception) if frame.get("vars")]
    sizes = {name: len(dumps(event[name])) for name in _DROPPABLE if event.get(name)}
    sizes[_VARS] = sum(len(dumps(frame["vars"])) for frame in with_vars)
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        if excess <= 0 or not sizes[name]:
            break
        if name == _VARS:
            for frame in with_vars:
                del frame["vars"]
        else:
            del event[name]
        note = {"type": "too_large", "name": name}
        event["errors"] = [*(event.get("errors") or ()), note]
        excess -= sizes[name] - len(dumps(note)) - 16
    return excess <= 0
