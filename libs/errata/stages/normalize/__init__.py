"""Normalize: from whatever a client sent to the one canonical form that every later stage relies on.

The form is Sentry's event schema as Sentry stores it; `DIFFERENCES.md` says where we choose otherwise, and why. A field
that is wrong is removed and noted in `errors`, one that is too large is cut and noted in `_meta`; the event is never
lost, and fields that nobody knows are kept.
"""

from errata.config.model import Project
from errata.contracts.reports import REPORTS
from errata.stages.normalize import (
    attributes,
    breadcrumbs,
    contexts,
    debug_meta,
    exception,
    legacy,
    message,
    reports,
    request,
    rules,
    sdk,
    spans,
    stacktrace,
    tags,
    template,
    threads,
    timestamps,
    user,
    user_agent,
    values,
)
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import Notes
from errata.stages.normalize.trees import LARGE, kept
from errata.stages.stage import Context, Event
from errata.stages.user_agents import user_agent_of


class Normalize:
    """Brings an event into canonical form."""

    name = "normalize"

    def __init__(self, project: Project) -> None:
        """Build the stage; the form is the same for all projects."""

    def __call__(self, event: Event, context: Context) -> Event:
        """Give the event in canonical form, with level, platform and timestamp always there."""
        notes = Notes()
        legacy.rename(event)  # first: everything has one name from here on
        event["event_id"] = context.event_id
        attributes.clean(event, notes)  # platform and level are what other steps look at
        drift = timestamps.settle(event, context, notes)
        message.clean(event, notes)
        if "exception" in event:
            exception.clean(event, notes)
        if "threads" in event:
            threads.clean(event, notes)
        if "stacktrace" in event:
            stacktrace.clean(event, "stacktrace", event["platform"], None, notes)
        if "request" in event:
            request.clean(event, notes)
        user.clean(event, context, notes)  # after the request, which may know the address
        if "breadcrumbs" in event:
            breadcrumbs.clean(event, drift, notes)
        if "contexts" in event:
            contexts.clean(event, notes)
        user_agent.add_contexts(event, user_agent_of(event, context.user_agent))
        if "tags" in event:
            tags.clean(event, notes)  # may fill in fields that the event itself does not have
        if "debug_meta" in event:
            debug_meta.clean(event, notes)
        sdk.clean(event, context, notes)
        if "template" in event:
            template.clean(event, notes)
        if "spans" in event:
            spans.clean(event, drift, notes)
        for index, key in enumerate([key for key in event if key not in CLEANED]):
            _free_field(event, key, index, notes)
        notes.attach(event)
        return event


CLEANED = frozenset(
    """_meta breadcrumbs contexts culprit debug_meta dist environment errors event_id exception fingerprint level
    logentry logger platform received release request sdk server_name spans stacktrace tags template threads timestamp
    transaction user""".split()
)
"""Fields that have a step of their own above."""

MAX_FREE = 200
"""Fields without a step that are kept; the event schema itself has some 40."""

_MODULES = Fields({}, other=rules.Text(values.TAG))


def _free_field(event: Event, key: str, index: int, notes: Notes) -> None:
    """Bound a field that has no step of its own: extra, modules, reports, and what nobody knows."""
    value = event[key]
    place = (None, key)
    if key in REPORTS:
        reports.clean(event, key, notes)
    elif value is None or value in ({}, []):
        del event[key]
    elif key in {"extra", "modules"} and not isinstance(value, dict):
        del event[key]
        notes.invalid(place, value)
    elif index >= MAX_FREE or len(key) > values.LINE:
        del event[key]
        notes.error("invalid_attribute", key)
    else:
        event[key] = value = kept(value, LARGE, place, notes)
        # Versions of modules, by name; there are hundreds, and all are right.
        if key == "modules" and not rules.are_texts(value.values()):
            _MODULES.keep(event, key, notes)
