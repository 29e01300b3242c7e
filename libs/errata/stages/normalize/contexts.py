"""Contexts: runtime, operating system, device, trace and whatever else the client describes, one object each."""

from itertools import islice
from typing import Any

from errata.stages.normalize import descriptions, rules, values
from errata.stages.normalize.bodies import body_of
from errata.stages.normalize.cookies import cookies_of
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.headers import content_type, headers_of
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.statuses import status
from errata.stages.normalize.trees import LARGE, Budget, fits, kept
from errata.stages.stage import Event

MAX_CONTEXTS = 100

KNOWN = frozenset(
    """app browser client_os cloud_resource culture device feedback gpu monitor nel os otel performance_score
    profile replay response runtime trace unity unreal""".split()
)
"""Keys that say what kind of context it is; others hold the application's own, of type `default`."""

_PLACE: Place = (None, "contexts")
_TOGETHER = Budget(depth=LARGE.depth + 1, size=LARGE.size)
"""What fits as a whole fits one by one."""

_TEXT = rules.Text(values.MESSAGE)
_ANY_SCALAR = rules.Lenient(values.TAG)


def _fields(
    *, texts: str = "", numbers: str = "", flags: str = "", required: tuple[str, ...] = (), **others: rules.Rule
) -> Fields:
    table: dict[str, rules.Rule] = {
        **dict.fromkeys(texts.split(), _TEXT),
        **dict.fromkeys(numbers.split(), rules.fraction),
        **dict.fromkeys(flags.split(), rules.flag),
        **others,
    }
    return Fields(table, required=required, other=rules.as_is)


_SYSTEM = _fields(texts="name version kernel_version raw_description", flags="rooted", build=_ANY_SCALAR)

FIELDS = {
    "os": _SYSTEM,
    "client_os": _SYSTEM,
    "runtime": _fields(texts="name version raw_description", build=_ANY_SCALAR),
    "browser": _fields(texts="name version"),
    "app": _fields(
        texts="app_start_time device_app_hash build_type app_identifier app_name app_version",
        numbers="app_memory",
        flags="in_foreground",
        app_build=_ANY_SCALAR,
    ),
    "device": _fields(
        texts="""name family model model_id arch orientation manufacturer brand screen_resolution boot_time timezone
        cpu_description device_type device_unique_identifier""",
        numbers="""battery_level memory_size free_memory usable_memory storage_size free_storage external_storage_size
        external_free_storage screen_density screen_dpi processor_count processor_frequency""",
        flags="""simulator charging online low_memory supports_vibration supports_accelerometer supports_gyroscope
        supports_audio supports_location_service""",
    ),
    "trace": _fields(
        texts="op",
        trace_id=rules.hex_id(32),
        span_id=rules.hex_id(16),
        parent_span_id=rules.hex_id(16),
        status=status,
        required=("trace_id", "span_id"),
    ),
    "profile": _fields(profile_id=rules.hex_id(32), required=("profile_id",)),
    "replay": _fields(replay_id=rules.hex_id(32), required=("replay_id",)),
    "response": _fields(status_code=rules.number, body_size=rules.number),
}
"""The fields that a kind of context has; all others are the client's own."""


def clean(event: Event, notes: Notes) -> None:
    """Make each of `event["contexts"]` an object with a `type`; empty ones are removed."""
    contexts: Any = event["contexts"]
    if not isinstance(contexts, dict):
        del event["contexts"]
        if contexts is not None:
            notes.invalid(_PLACE, contexts)
        return
    contexts.pop("reprocessing", None)  # a server's own note; from a client it is an exported event's
    if len(contexts) > MAX_CONTEXTS:
        notes.trimmed(_PLACE, {"len": len(contexts)})
        event["contexts"] = contexts = dict(islice(contexts.items(), MAX_CONTEXTS))
    in_bounds = fits(contexts, _TOGETHER)
    for key, context in list(contexts.items()):
        place = (_PLACE, key)
        if not isinstance(context, dict):
            if context is not None:
                notes.invalid(place, context)
            del contexts[key]
            continue
        _one(key, context, place, notes)
        if not context:
            del contexts[key]
        elif not in_bounds:
            contexts[key] = kept(context, LARGE, place, notes)
    if not contexts:
        del event["contexts"]


def _one(key: str, context: Event, place: Place, notes: Notes) -> None:
    if None in context.values():
        values.drop_nulls(context)
    if not context:
        return
    kind = context.get("type")
    if kind.__class__ is not str:
        kind = context["type"] = key if key in KNOWN else "default"
    fields = FIELDS.get(kind)
    if fields is None:
        return
    fields.clean(context, place, notes)
    if kind == "trace":
        context.setdefault("status", "unknown")
    elif kind == "runtime" and ("raw_description" in context or "build" in context):
        descriptions.read_runtime(context)
    elif kind == "os" and "raw_description" in context:
        descriptions.read_system(context)
    elif kind == "response":
        _response(context, place, notes)


def _response(context: Event, place: Place, notes: Notes) -> None:
    """The answer to an HTTP request, whose parts are those of the request."""
    cookie = None
    if "headers" in context:
        pairs, header = headers_of(context.pop("headers"), "Set-Cookie", (place, "headers"), notes)
        cookie = header.partition(";")[0] if header else None  # then come its path, its age and the like
        if pairs:
            context["headers"] = pairs
    cookies = context.pop("cookies", cookie)
    if pairs := cookies_of(cookies, (place, "cookies"), notes):
        context["cookies"] = pairs
    if "data" in context:
        declared, said = content_type(context.get("headers", ())), context.get("inferred_content_type")
        context["data"], kind = body_of(context["data"], declared, said, (place, "data"), notes)
        if kind:
            context["inferred_content_type"] = kind
