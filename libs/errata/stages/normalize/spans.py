"""Spans: the operations of a trace that an event carries with it."""

from typing import Any

from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import objects
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.statuses import status
from errata.stages.normalize.timestamps import keep_time
from errata.stages.normalize.trees import SMALL
from errata.stages.stage import Event

MAX_SPANS = 1000

_PLACE: Place = (None, "spans")
_TAG = rules.AsJson(values.TAG)


def _tags(value: Any, place: Place, notes: Notes) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        notes.invalid(place, value)
        return None
    return {key: None if said is None else _TAG(said, (place, key), notes) for key, said in value.items()} or None


_FIELDS = Fields(
    {
        "span_id": rules.hex_id(16),
        "parent_span_id": rules.hex_id(16),
        "trace_id": rules.hex_id(32),
        "start_timestamp": rules.as_is,
        "timestamp": rules.as_is,
        "op": rules.Text(values.LINE),
        "description": rules.Text(values.MESSAGE),
        "status": status,
        "tags": _tags,
        "data": rules.tree(SMALL),
        "exclusive_time": rules.fraction,
    },
    required=("timestamp", "start_timestamp", "span_id", "trace_id"),
)


def clean(event: Event, drift: float, notes: Notes) -> None:
    """Bring the spans into form; what else they hold is kept."""
    spans: Any = event["spans"]
    if not isinstance(spans, list):
        del event["spans"]
        if spans is not None:
            notes.invalid(_PLACE, spans)
        return
    event["spans"] = spans = objects(spans, MAX_SPANS, _PLACE, notes)
    for index, span in enumerate(spans):
        if span is not None:
            place = (_PLACE, index)
            _FIELDS.clean(span, place, notes)
            for key in ("start_timestamp", "timestamp"):
                if key in span:
                    keep_time(span, key, drift, place, notes)
