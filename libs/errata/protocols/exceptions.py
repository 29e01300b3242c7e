"""What an event is of, in Sentry's form: exceptions with their stacks, or a message and where it was logged."""

from errata.protocols.foreign import Tree, without_empty

MOST = 50
"""Exceptions of an event, the raised one and its causes: as many as normalize keeps."""


def exception(kind: str, value: str, frames: list[Tree], mechanism: Tree, rest: Tree) -> Tree:
    """Give an exception.

    Args:
        kind: its type, empty when it has none.
        value: its message.
        frames: oldest call first.
        mechanism: how it was caught, at least its `type`; of a cause whatever the raised one's is.
        rest: what else the client said of it, kept with the mechanism.

    """
    return without_empty(
        {
            "type": kind,
            "value": value,
            "stacktrace": {"frames": frames} if frames else None,
            "mechanism": without_empty({**mechanism, "data": without_empty(rest)}),
        }
    )


def frames_of(exception: Tree) -> list[Tree]:
    """Give the frames of an exception made here."""
    frames: list[Tree] = exception.get("stacktrace", {}).get("frames", [])
    return frames


def make_message(event: Tree, exception: Tree, template: str = "") -> Tree:
    """Make the event the message that a client sent as if it were an exception; give what else was said of it."""
    add_message(event, exception.get("value", ""), frames_of(exception), template)
    rest: Tree = exception["mechanism"].get("data", {})
    return rest


def add_message(event: Tree, text: str, frames: list[Tree], template: str = "") -> None:
    """Make the event a logged message: the stack is where it was logged, on the thread, not of an exception."""
    event["logentry"] = without_empty({"formatted": text, "message": template if template != text else ""})
    if frames:
        event["threads"] = {"values": [{"current": True, "crashed": False, "stacktrace": {"frames": frames}}]}
