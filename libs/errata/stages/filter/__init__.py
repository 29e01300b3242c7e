"""Filter: ends events that a project does not want, before anything costly is done with them."""

from errata.config.model import Project
from errata.contracts.outcomes import Dropped, Reason
from errata.stages.filter.globs import GlobSet
from errata.stages.stage import Context, Event


class Filter:
    """Drops events by exception type or by message, as the project's `filters` say."""

    name = "filter"

    def __init__(self, project: Project) -> None:
        """Compile the project's patterns, once for all its events."""
        # Type names are code: `error` is not `Error`. Messages are prose: people write patterns without minding case.
        self._types = GlobSet(project.filters.ignore_types, ignore_case=False)
        self._messages = GlobSet(project.filters.ignore_messages, ignore_case=True)

    def __call__(self, event: Event, context: Context) -> Event:  # noqa: ARG002 - the contract of a stage
        """Give the event unchanged; raises `Dropped` with `IGNORED_TYPE` or `IGNORED_MESSAGE`."""
        if self._types and any(self._types.matches(name) for name in _type_names(event)):
            raise Dropped(Reason.IGNORED_TYPE)
        if self._messages and any(self._messages.matches(text) for text in _messages(event)):
            raise Dropped(Reason.IGNORED_MESSAGE)
        return event


def _exceptions(event: Event) -> list[Event]:
    """Give the event's exceptions, most derived first: the raised one, then its causes."""
    exception = event.get("exception")
    values = exception.get("values") if isinstance(exception, dict) else None
    return [value for value in reversed(values) if isinstance(value, dict)] if isinstance(values, list) else []


def _type_names(event: Event) -> list[str]:
    """Give the names that a type pattern may mean: of the raised exception only, bare and with its module.

    A cause is not what was raised: ignoring `KeyError` must not hide an `ImportError` that followed from one.
    """
    for exception in _exceptions(event)[:1]:
        name, module = exception.get("type"), exception.get("module")
        if isinstance(name, str):
            return [name, f"{module}.{name}"] if isinstance(module, str) and module else [name]
    return []


def _messages(event: Event) -> list[str]:
    """Give the texts that a message pattern may mean: message, formatted message, and for the raised exception its
    value and `Type: value`, which is what people see as the title.
    """
    texts = []
    entry = event.get("logentry")
    if isinstance(entry, dict):
        texts += [entry.get("message"), entry.get("formatted")]
    for exception in _exceptions(event)[:1]:
        kind, value = exception.get("type"), exception.get("value")
        texts.append(value)
        if isinstance(kind, str) and isinstance(value, str):
            texts.append(f"{kind}: {value}")
    return [text for text in texts if isinstance(text, str)]
