"""How an exception was caught: the mechanism, in its present form and in that of old Apple clients."""

from typing import Any

from errata.stages.normalize import rules, system_codes, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL
from errata.stages.stage import Event


def _help_link(value: Any, place: Place, notes: Notes) -> str | None:
    """A link that people click, so only to the web."""
    if value.__class__ is str and value.startswith(("http://", "https://")):
        return values.limited(value, values.PATH, place, notes)
    notes.invalid(place, value)
    return None


_FIELDS = Fields(
    {
        "type": rules.NonEmpty(values.LINE),
        "description": rules.Text(values.MESSAGE),
        "help_link": _help_link,
        "source": rules.Text(values.LINE),
        "handled": rules.flag,
        "synthetic": rules.flag,
        "is_exception_group": rules.flag,
        "exception_id": rules.number,
        "parent_id": rules.number,
        "data": rules.tree(SMALL),
        "meta": rules.tree(SMALL),
    },
    required=("type",),
)

_NAME = rules.Text(values.LINE)
_META = {
    "errno": Fields({"number": rules.signed, "name": _NAME}, required=("number",)),
    "signal": Fields(
        {"number": rules.signed, "code": rules.signed, "name": _NAME, "code_name": _NAME}, required=("number",)
    ),
    "mach_exception": Fields(
        {"exception": rules.signed, "code": rules.number, "subcode": rules.number, "name": _NAME},
        required=("exception", "code", "subcode"),
    ),
    "ns_error": Fields({"code": rules.signed, "domain": _NAME}, required=("code", "domain")),
}
"""What a system says of an error."""


def clean(exception: Event, event: Event, parent: Place, notes: Notes) -> None:
    """Bring `exception["mechanism"]` into form; removed when it says nothing."""
    mechanism: Any = exception["mechanism"]
    place = (parent, "mechanism")
    if isinstance(mechanism, str):
        mechanism = exception["mechanism"] = {"type": mechanism}
    if not isinstance(mechanism, dict):
        del exception["mechanism"]
        notes.invalid(place, mechanism)
        return
    if not mechanism:
        del exception["mechanism"]
        return
    if "type" not in mechanism and not mechanism.keys() <= _FIELDS.names:
        _from_legacy(mechanism)
    _FIELDS.clean(mechanism, place, notes)
    if meta := mechanism.get("meta"):
        _meta(mechanism, meta, event, (place, "meta"), notes)
    if not mechanism:
        del exception["mechanism"]


def _meta(mechanism: Event, meta: Event, event: Event, place: Place, notes: Notes) -> None:
    for key, fields in _META.items():
        if key in meta:
            said = meta[key]
            if said is None or fields.cleaned(said, (place, key), notes) is None:
                del meta[key]
    system_codes.name_numbers(meta, system_codes.system_of(event))
    values.drop_nulls(meta)
    if not meta:
        del mechanism["meta"]


def _from_legacy(mechanism: Event) -> None:
    """The Apple clients' form of before 2018: signal and Mach exception side by side, and free fields.

    What has its place in the present form keeps it, above all whether the exception was handled.
    """
    data = {key: mechanism.pop(key) for key in tuple(mechanism) if key not in _FIELDS.names}
    mechanism["type"] = "generic"
    meta: Event = {}
    if isinstance(mach := data.pop("mach_exception", None), dict):
        renamed = (("exception", "exception"), ("code", "code"), ("subcode", "subcode"), ("name", "exception_name"))
        meta["mach_exception"] = {new: mach[old] for new, old in renamed if old in mach}
    if isinstance(signal := data.pop("posix_signal", None), dict):
        named = (("number", "signal"), ("code", "code"), ("name", "name"), ("code_name", "code_name"))
        meta["signal"] = {new: signal[old] for new, old in named if old in signal}
    if data:
        mechanism.setdefault("data", data)
    if meta:
        mechanism.setdefault("meta", meta)
