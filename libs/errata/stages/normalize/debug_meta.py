"""Debug images: which binaries and source-map bundles the frames come from."""

from functools import lru_cache
from typing import Any

from errata.contracts.debug_ids import debug_id
from errata.stages.normalize import rules, values
from errata.stages.normalize.fields import Fields
from errata.stages.normalize.lists import objects
from errata.stages.normalize.notes import Notes, Place
from errata.stages.stage import Event

MAX_IMAGES = 1000

_OLD_NAMES = {"id": "debug_id", "name": "code_file"}
"""Of native images. Type `apple` is older than both and keeps its `uuid` and `name`."""
_LINE, _PATH = rules.Text(values.LINE), rules.Text(values.PATH)


_spelled = lru_cache(16_384)(debug_id)
"""The same binaries come with every crash of a build."""


def _debug_id(value: Any, place: Place, notes: Notes) -> str | None:
    if value.__class__ is str and len(value) <= values.LINE and (found := _spelled(value)):
        return found
    notes.invalid(place, value)
    return None


def _code_id(value: Any, place: Place, notes: Notes) -> str | None:
    """The platform's own id: hex digits, however they are grouped."""
    if value.__class__ is str:
        return "".join(digit for digit in value[: values.LINE].lower() if digit in "0123456789abcdef") or None
    notes.invalid(place, value)
    return None


_NATIVE = Fields(
    {
        "code_id": _code_id,
        "code_file": _PATH,
        "debug_id": _debug_id,
        "debug_file": _PATH,
        "debug_checksum": _LINE,
        "arch": _LINE,
        "image_addr": rules.address,
        "image_size": rules.number,
        "image_vmaddr": rules.address,
    },
    required=("code_file", "debug_id"),
)
_APPLE = Fields(
    {
        "name": _PATH,
        "arch": _LINE,
        "cpu_type": rules.number,
        "cpu_subtype": rules.number,
        "image_addr": rules.address,
        "image_size": rules.number,
        "image_vmaddr": rules.address,
        "uuid": _debug_id,
    },
    required=("name", "image_addr", "image_size", "uuid"),
)
_FILE = Fields({"code_file": _PATH, "debug_file": _PATH, "debug_id": _debug_id}, required=("code_file", "debug_id"))

_IMAGE = {
    **dict.fromkeys(("symbolic", "elf", "macho", "pe", "pe_dotnet", "wasm"), _NATIVE),
    "apple": _APPLE,
    "sourcemap": _FILE,
    "proguard": Fields({"uuid": _debug_id}, required=("uuid",)),
    "jvm": Fields({"debug_id": _debug_id}, required=("debug_id",)),
}
"""The types of images."""

_SDK_INFO = Fields(
    {
        "sdk_name": _LINE,
        **dict.fromkeys(("version_major", "version_minor", "version_patchlevel"), rules.number),
    }
)


def clean(event: Event, notes: Notes) -> None:
    """Bring `event["debug_meta"]` into form; removed when it holds neither images nor SDK information."""
    _META.keep(event, "debug_meta", notes)


def _images(value: Any, place: Place, notes: Notes) -> list[Event | None] | None:
    if not isinstance(value, list):
        notes.invalid(place, value)
        return None
    images = objects(value, MAX_IMAGES, place, notes)
    for index, image in enumerate(images):
        if image is not None and not _image(image, (place, index), notes):
            images[index] = None
    return images if any(images) else None


def _image(image: Event, place: Place, notes: Notes) -> bool:
    """Bring one image into form; give False when nobody knows its type."""
    kind = image.get("type")
    fields = _IMAGE.get(kind) if isinstance(kind, str) else None
    if fields is None:
        notes.invalid(place, kind)
        return False
    if fields is _NATIVE:
        for before, now in _OLD_NAMES.items():
            if before in image:
                image.setdefault(now, image.pop(before))
    fields.clean(image, place, notes)
    return True


_META = Fields({"images": _images, "sdk_info": _SDK_INFO.cleaned})
