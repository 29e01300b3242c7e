"""How an exception was caught: the mechanism, in its present form and in that of old Apple clients."""

from typing import Any

from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.system_codes import name_numbers
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

_LEGACY_META = ("mach_exception", "posix_signal", "exc_code", "ns_error", "relevant_address")
"""Keys of the Apple clients' mechanism of before 2018, which had no `type`."""

_TEXTS = (("type", values.LINE), ("description", values.MESSAGE), ("help_link", values.PATH), ("source", values.LINE))


def clean(exception: Event, event: Event, parent: Place, notes: Notes) -> None:
    """Bring `exception["mechanism"]` into form; removed when it says nothing."""
    mechanism: Any = exception["mechanism"]
    place = (parent, "mechanism")
    if isinstance(mechanism, str):
        mechanism = exception["mechanism"] = {"type": mechanism}
    if not isinstance(mechanism, dict):
        del exception["mechanism"]
        if mechanism is not None:
            notes.invalid(place, mechanism)
        return
    if "type" not in mechanism and not mechanism.keys().isdisjoint(_LEGACY_META):
        _from_legacy(mechanism)
    for key, limit in _TEXTS:
        if key in mechanism:
            values.keep_text(mechanism, key, limit, place, notes)
    for key in ("handled", "synthetic", "is_exception_group"):
        if key in mechanism:
            values.keep_flag(mechanism, key, place, notes)
    for key in ("exception_id", "parent_id"):
        if key in mechanism:
            values.keep_number(mechanism, key, place, notes)
    for key in ("data", "meta"):
        if key in mechanism:
            _tree(mechanism, key, place, notes)
    if isinstance(meta := mechanism.get("meta"), dict):
        name_numbers(meta, event)
    values.drop_nulls(mechanism)
    if not mechanism:
        del exception["mechanism"]


def _tree(mechanism: Event, key: str, place: Place, notes: Notes) -> None:
    tree = mechanism[key]
    if isinstance(tree, dict) and tree:
        mechanism[key] = kept(tree, SMALL, (place, key), notes)
        return
    del mechanism[key]
    if tree is not None and not isinstance(tree, dict):
        notes.invalid((place, key), tree)


def _from_legacy(mechanism: Event) -> None:
    """The old Apple form: signal and Mach exception side by side, at the top."""
    meta: Event = {}
    if isinstance(mach := mechanism.pop("mach_exception", None), dict):
        renamed = (("exception", "exception"), ("code", "code"), ("subcode", "subcode"), ("name", "exception_name"))
        meta["mach_exception"] = {new: mach[old] for new, old in renamed if old in mach}
    if isinstance(signal := mechanism.pop("posix_signal", None), dict):
        named = (("number", "signal"), ("code", "code"), ("name", "name"), ("code_name", "code_name"))
        meta["signal"] = {new: signal[old] for new, old in named if old in signal}
    data = {key: mechanism.pop(key) for key in _LEGACY_META if key in mechanism}
    mechanism["type"] = "generic"
    if data:
        mechanism["data"] = data
    if meta:
        mechanism["meta"] = meta
