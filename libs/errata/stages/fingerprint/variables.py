"""Variables in fingerprints and titles: `{{ type }}`, `{{ tags.shop }}`, `{{ stack.function }}` and the rest.

They are Sentry's, and so are the words for what an event does not hold: `<no-function>`, `<no-value-for-tag-shop>`,
`<unrecognized-variable-typo>`.
"""

from collections.abc import Callable
from typing import Any

from errata.stages.fingerprint.patterns import compiled, slashed
from errata.stages.fingerprint.texts import text_of
from errata.stages.fingerprint.view import View

LONGEST_PART = 512
"""Characters of one part of a fingerprint that count."""

_VARIABLE = compiled(r"\{\{\s*([^\s{}]{1,200})\s*\}\}")
_DEFAULT = frozenset({"default", ":default"})


def _frame(*names: str) -> Callable[[View], str]:
    def value(view: View) -> str:
        sent = view.crash_frame.sent if view.crash_frame else {}
        return next((text for name in names if (text := text_of(sent.get(name)).strip())), "")

    return value


def _function(view: View) -> str:
    """Give the function of the crash frame; of native code without types, which Sentry stores apart."""
    frame = view.crash_frame
    return (frame.cleaned.function if frame and frame.cleaned.family == "native" else "") or _frame("function")(view)


def _package(view: View) -> str:
    return slashed(_frame("package")(view)).rpartition("/")[2]


def _field(name: str) -> Callable[[View], str]:
    return lambda view: view.field(name)


_VALUES: dict[str, Callable[[View], str]] = {
    "type": lambda view: view.raised.type,
    "value": lambda view: view.raised.value,
    "message": lambda view: view.logged or view.raised.value,
    "function": _function,
    "module": _frame("module"),
    "abs_path": _frame("abs_path", "filename"),
    "filename": _frame("filename", "abs_path"),
    "package": _package,
    "level": _field("level"),
    "logger": _field("logger"),
    "transaction": _field("transaction"),
    "release": _field("release"),
    "environment": _field("environment"),
    "platform": _field("platform"),
}
_ALIASES = {
    "error.type": "type",
    "error.value": "value",
    "raw_value": "value",
    "error.raw_value": "value",
    "raw_message": "message",
    "stack.function": "function",
    "stack.module": "module",
    "stack.abs_path": "abs_path",
    "path": "abs_path",
    "stack.path": "abs_path",
    "stack.filename": "filename",
    "stack.package": "package",
}


def is_default(part: str) -> bool:
    """Tell whether a part of a fingerprint is `{{ default }}` and nothing else."""
    if part == "{{ default }}":  # as every client writes it
        return True
    found = _VARIABLE.fullmatch(part.strip()) if "{{" in part else None
    return bool(found and found.group(1) in _DEFAULT)


def resolved(part: str, view: View, default: str = "") -> str:
    """Give a text with its variables replaced.

    Args:
        part: the text.
        view: the event.
        default: what `{{ default }}` becomes; without it, it stays.

    """
    if "{{" not in part:
        return part[:LONGEST_PART]

    def value(found: Any) -> str:
        name: str = found.group(1)
        if name in _DEFAULT:
            return default or "{{ default }}"
        if name.startswith("tags."):
            return view.tags.get(name[5:]) or f"<no-value-for-tag-{name[5:]}>"
        name = _ALIASES.get(name, name)
        read = _VALUES.get(name)
        if read is None:
            return f"<unrecognized-variable-{name}>"
        return read(view) or f"<no-{name.replace('_', '-')}>"

    return str(_VARIABLE.sub(value, part[: 2 * LONGEST_PART]))[:LONGEST_PART]
