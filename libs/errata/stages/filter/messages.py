"""Drops by message: of a log entry, or the raised exception's value and `Type: value`, which people see as title."""

from errata.config.filters import FilterSettings
from errata.stages.event_parts import raised_exception
from errata.stages.filter.checks import Check
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context, Event


def build(settings: FilterSettings) -> Check | None:
    """Give the check for `ignore_messages`."""
    if not settings.ignore_messages:
        return None
    # Messages are prose: people write patterns without minding case.
    globs = GlobSet(settings.ignore_messages, ignore_case=True)

    def check(event: Event, _context: Context) -> bool:
        return any(globs.matches(text) for text in _messages(event))

    return check


def _messages(event: Event) -> list[str]:
    texts = []
    entry = event.get("logentry")
    if isinstance(entry, dict):
        texts += [entry.get("message"), entry.get("formatted")]
    if exception := raised_exception(event):
        kind, value = exception.get("type"), exception.get("value")
        texts.append(value)
        if isinstance(kind, str) and isinstance(value, str):
            texts.append(f"{kind}: {value}")
    return [text for text in texts if isinstance(text, str)]
