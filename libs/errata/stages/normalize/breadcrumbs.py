"""Breadcrumbs: what happened before, oldest first."""

from errata.stages.normalize import rules, values
from errata.stages.normalize.attributes import CANONICAL_LEVELS, level_of
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import close_values, newest, open_values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.timestamps import keep_time
from errata.stages.normalize.trees import SMALL
from errata.stages.stage import Event

MAX_BREADCRUMBS = 100
"""The newest are kept; every SDK keeps as many."""

_FIELDS = Fields(
    {
        "timestamp": rules.as_is,
        "level": rules.as_is,
        "category": rules.Text(values.LINE),
        "message": rules.Text(values.MESSAGE),
        "type": rules.Text(values.LINE),
        "event_id": rules.hex_id(32),
        "data": rules.tree(SMALL),
    }
)


def clean(event: Event, drift: float, notes: Notes) -> None:
    """Bring the breadcrumbs into form; each has a type and a level afterwards."""
    outer: Place = ((None, "breadcrumbs"), "values")
    for index, crumb in enumerate(open_values(event, "breadcrumbs", MAX_BREADCRUMBS, notes, newest)):
        if crumb is not None:
            _one(crumb, drift, (outer, index), notes)
    close_values(event, "breadcrumbs")


def _one(crumb: Event, drift: float, place: Place, notes: Notes) -> None:
    if "ty" in crumb:  # the name of before 2016
        old = crumb.pop("ty")
        crumb.setdefault("type", old)
    _FIELDS.clean(crumb, place, notes)
    if "timestamp" in crumb:
        keep_time(crumb, "timestamp", drift, place, notes)
    level = crumb.get("level")
    if level not in CANONICAL_LEVELS:
        crumb["level"] = level_of(level, (place, "level"), notes) or "info"
    crumb.setdefault("type", "default")
