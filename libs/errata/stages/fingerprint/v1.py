"""Version 1 of the algorithm: the fall-back order, first step that says anything wins.

1. Stack: the type of each exception of the chain and the frames that count. If any frame is the application's, only
   such frames do; otherwise all. Lines, columns, addresses and values never do. Exceptions of native clients may have
   left their frames on the thread that crashed.
2. Type and message: for exceptions without a frame that says anything, the message as a pattern.
3. Security report: directive and origin.
4. Stack without exception: of the event, or of the thread that crashed, is current, or is the only one.
5. Template: file and source line.
6. Message: its template when the client sent one, else the text as a pattern.
7. Nothing: one group for all such events of a project and type.

A message that a client wrapped into an exception (synthetic, without a type) is a message.
"""

from functools import lru_cache
from typing import Any

from errata.stages.fingerprint.components import Grouped, Part
from errata.stages.fingerprint.exceptions import Thrown, bare_stack, crashed_stack, exceptions_of
from errata.stages.fingerprint.frames import FrameReader
from errata.stages.fingerprint.messages import is_template, message_pattern
from errata.stages.fingerprint.modules import clean_module
from errata.stages.fingerprint.reports import report_part, template_part
from errata.stages.fingerprint.stack_rules import FrameRules
from errata.stages.fingerprint.stacks import Read, Stack, read_stack
from errata.stages.fingerprint.texts import text_of

LONGEST_TYPE = 256


def group(event: dict[str, Any], frames: FrameReader, rules: FrameRules) -> Grouped:
    """Give what the event is grouped by."""
    read = frames.reader(event.get("platform"))
    thrown = [one for one in exceptions_of(event) if one.type or one.value or one.frames]
    if thrown and not any(one.frames for one in thrown):
        thrown[-1].frames = crashed_stack(event)
    if thrown and not (_is_message(thrown) and any(one.value for one in thrown)):
        return _by_exceptions(thrown, read, rules)
    report = report_part(event)
    if report:
        return Grouped(report.kind, [report])
    message = _message(event) or next((one.value for one in reversed(thrown) if one.value), "")
    if not (thrown and message):
        stack = read_stack(Thrown(frames=bare_stack(event)), read, rules)
        counting = _choose([stack])[0]
        if counting:
            return Grouped("stack", [Part("stack", [], stack, counting)])
        template = template_part(event)
        if template:
            return Grouped("template", [template])
    if message:
        return Grouped("message", [Part("message", [message_pattern(message)])])
    return Grouped("nothing", [Part("nothing", [text_of(event.get("type"), 64) or "default"])])


def _is_message(thrown: list[Thrown]) -> bool:
    return all(not one.type and (one.synthetic or not one.frames) for one in thrown)


def _by_exceptions(thrown: list[Thrown], read: Read, rules: FrameRules) -> Grouped:
    stacks = [read_stack(one, read, rules) for one in thrown]
    chosen = _choose(stacks)
    by_stack = any(chosen)
    parts = []
    for one, stack, places in zip(thrown, stacks, chosen, strict=True):
        values = _identity(one, with_type=not (one.synthetic and by_stack))
        # An error that was wrapped, as in Go, has no stack of its own; what it says is all that tells it from others.
        if not (by_stack and one.frames) and not _ns_error(one):
            values.append(message_pattern(one.value))
        parts.append(Part("exception", values, stack, places))
    if any(one.mechanism.get("is_exception_group") is True for one in thrown):
        parts = _ungrouped(parts, thrown)
    return Grouped("stack" if by_stack else "type-and-message", parts)


def _choose(stacks: list[Stack]) -> list[list[int]]:
    """Give the places of the frames that count, stack by stack: the application's if the event has any, else all."""
    for in_app in (True, False):
        chosen = [stack.chosen(in_app=in_app) for stack in stacks]
        if any(map(_says_something, stacks, chosen)):
            return chosen
    return [[] for _ in stacks]


def _says_something(stack: Stack, places: list[int]) -> bool:
    """Tell whether a stack is more than a single frame that names but a script, as errors of inline handlers have."""
    return len(places) > 1 or any(stack.frames[place].telling for place in places)


def _identity(one: Thrown, *, with_type: bool) -> list[str]:
    values = []
    if one.type and with_type:
        values.append(_clean_type(one.type))
    return values + _ns_error(one)


@lru_cache(4_096)
def _clean_type(name: str) -> str:
    """Give a type without what a proxy maker or PHP put in: a class may be thrown by name of a generated subclass."""
    return clean_module(clean_module(name[:LONGEST_TYPE], "java"), "php")


def _ns_error(one: Thrown) -> list[str]:
    """Give domain and code of an Apple error: its value is a sentence in the user's language."""
    meta = one.mechanism.get("meta")
    error = meta.get("ns_error") if isinstance(meta, dict) else None
    if not isinstance(error, dict):
        return []
    return [
        text_of(str(error[key]), LONGEST_TYPE) for key in ("domain", "code") if isinstance(error.get(key), str | int)
    ]


def _ungrouped(parts: list[Part], thrown: list[Thrown]) -> list[Part]:
    """Give the parts of an exception group: its distinct leaves, in an order that does not depend on the scheduler.

    A group around one kind of error is that error: whether it was raised by a task or directly says nothing.
    """
    leaves = {
        tuple(part.texts()): part
        for part, one in zip(parts, thrown, strict=True)
        if one.mechanism.get("is_exception_group") is not True
    }
    if not leaves:
        return parts
    return [leaves[key] for key in sorted(leaves)]


def _message(event: dict[str, Any]) -> str:
    """Give the template of the message if it says anything itself, else the whole text."""
    entry = event.get("logentry")
    if not isinstance(entry, dict):
        entry = {"formatted": entry} if isinstance(entry, str) else {}
    template, formatted = entry.get("message"), entry.get("formatted")
    if isinstance(template, str) and template and (not isinstance(formatted, str) or is_template(text_of(template))):
        return text_of(template)
    for text in (formatted, event.get("message")):
        if isinstance(text, str) and text.strip():
            return text_of(text)
    return ""
