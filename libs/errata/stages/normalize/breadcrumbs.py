"""Breadcrumbs: what happened before, oldest first."""

from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.attributes import CANONICAL_LEVELS, level_of
from errata.stages.normalize.lists import keep_values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.timestamps import keep_time
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

MAX_BREADCRUMBS = 100
"""The newest are kept; every SDK keeps as many."""

SINGLE = frozenset({"message", "category"})

_TEXTS = (("category", values.LINE), ("message", values.MESSAGE), ("type", values.LINE))


def clean(event: Event, drift: float, notes: Notes) -> None:
    """Bring the breadcrumbs into form; each has a type and a level afterwards."""
    _newest(event, notes)
    place: Place = ((None, "breadcrumbs"), "values")
    for index, crumb in enumerate(keep_values(event, "breadcrumbs", SINGLE, MAX_BREADCRUMBS, notes)):
        _one(crumb, drift, (place, index), notes)


def _newest(event: Event, notes: Notes) -> None:
    holder: Any = event["breadcrumbs"]
    crumbs = holder.get("values") if isinstance(holder, dict) else holder
    if isinstance(crumbs, list) and len(crumbs) > MAX_BREADCRUMBS:
        notes.trimmed(((None, "breadcrumbs"), "values"), {"len": len(crumbs), "rem": [["!limit", "x"]]})
        del crumbs[:-MAX_BREADCRUMBS]


def _one(crumb: Event, drift: float, place: Place, notes: Notes) -> None:
    if "timestamp" in crumb:
        keep_time(crumb, "timestamp", drift, place, notes)
    level = crumb.get("level")
    if level not in CANONICAL_LEVELS:
        crumb["level"] = level_of(level, (place, "level"), notes) or "info"
    if isinstance(crumb.get("message"), dict | list):
        crumb["message"] = values.json_text(crumb["message"])
    for key, limit in _TEXTS:
        if key in crumb:
            values.keep_text(crumb, key, limit, place, notes)
    if "type" not in crumb:
        crumb["type"] = "default"
    if "data" in crumb:
        _data(crumb, place, notes)
    values.drop_nulls(crumb)


def _data(crumb: Event, place: Place, notes: Notes) -> None:
    data = crumb["data"]
    if isinstance(data, str | list) and data:
        data = {"": data} if isinstance(data, str) else {str(index): item for index, item in enumerate(data)}
    if isinstance(data, dict):
        if data:
            crumb["data"] = kept(data, SMALL, (place, "data"), notes)
            return
    elif data is not None:
        notes.invalid((place, "data"), data)
    del crumb["data"]
