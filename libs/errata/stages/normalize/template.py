"""The place in a template that was being rendered, as Django's old client sends it."""

from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import Notes
from errata.stages.normalize.stacktrace import lines_after, lines_before
from errata.stages.stage import Event

_FIELDS = Fields(
    {
        "filename": rules.Text(values.PATH),
        "abs_path": rules.Text(values.PATH),
        "context_line": rules.Text(values.NAME),
        "lineno": rules.number,
        "colno": rules.number,
        "pre_context": lines_before,
        "post_context": lines_after,
    }
)


def clean(event: Event, notes: Notes) -> None:
    """Bring `event["template"]` into form; removed when it says nothing."""
    _FIELDS.keep(event, "template", notes)
