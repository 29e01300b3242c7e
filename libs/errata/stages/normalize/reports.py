"""Interfaces of few fields that clients fill by hand: browsers' reports, templates, spans of old tracing."""

from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.contexts import keep_hex
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.stacktrace import MAX_CONTEXT_LINES
from errata.stages.normalize.timestamps import keep_time
from errata.stages.normalize.trees import LARGE, SMALL, kept
from errata.stages.stage import Event

MAX_SPANS = 1000


def clean_report(event: Event, key: str, notes: Notes) -> None:
    """Make a browser's report an object without nulls."""
    report: Any = event[key]
    if isinstance(report, dict):
        values.drop_nulls(report)
        if report:
            event[key] = kept(report, LARGE, (None, key), notes)
            return
    elif report is not None:
        notes.invalid((None, key), report)
    del event[key]


def clean_template(event: Event, notes: Notes) -> None:
    """Bring the place in a template, `template`, into form."""
    template: Any = event["template"]
    place: Place = (None, "template")
    if not isinstance(template, dict):
        del event["template"]
        if template is not None:
            notes.invalid(place, template)
        return
    for key, limit in (("filename", values.PATH), ("abs_path", values.PATH), ("context_line", values.NAME)):
        if key in template:
            values.keep_text(template, key, limit, place, notes)
    if "lineno" in template:
        values.keep_number(template, "lineno", place, notes)
    for key in ("pre_context", "post_context"):
        if key in template:
            values.keep_texts(template, key, place, notes, limit=values.NAME, longest=MAX_CONTEXT_LINES)
    values.drop_nulls(template)
    if not template:
        del event["template"]


def clean_spans(event: Event, drift: float, notes: Notes) -> None:
    """Check ids and times of the spans; what else they hold is kept."""
    spans: Any = event["spans"]
    outer: Place = (None, "spans")
    if not isinstance(spans, list):
        del event["spans"]
        if spans is not None:
            notes.invalid(outer, spans)
        return
    found = []
    for index, span in enumerate(spans[:MAX_SPANS]):
        if not isinstance(span, dict):
            if span is not None:
                notes.invalid((outer, index), span)
            continue
        place = (outer, index)
        for key, length in (("span_id", 16), ("trace_id", 32), ("parent_span_id", 16)):
            if key in span:
                keep_hex(span, key, length, place, notes)
        for key in ("start_timestamp", "timestamp"):
            if key in span:
                keep_time(span, key, drift, place, notes)
        values.drop_nulls(span)
        found.append(kept(span, SMALL, place, notes))
    if len(spans) > MAX_SPANS:
        notes.trimmed(outer, {"len": len(spans)})
    event["spans"] = found
