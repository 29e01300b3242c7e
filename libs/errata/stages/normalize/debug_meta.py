"""Debug images: which binaries and source-map bundles the frames come from."""

from typing import Any

from errata.contracts.debug_ids import debug_id
from errata.stages.normalize import values
from errata.stages.normalize.notes import Notes, Place
from errata.stages.normalize.trees import SMALL, kept
from errata.stages.stage import Event

MAX_IMAGES = 1000

_PLACE: Place = (None, "debug_meta")
_IMAGES: Place = (_PLACE, "images")

_NATIVE = frozenset({"symbolic", "elf", "macho", "pe", "pe_dotnet", "wasm"})
_OLD_NAMES = {"id": "debug_id", "name": "code_file"}
"""Of native images. Type `apple` is older than both and keeps its `uuid` and `name`."""
_ADDRESSES = ("image_addr", "image_vmaddr")
_IDS = ("debug_id", "uuid", "code_id")


def clean(event: Event, notes: Notes) -> None:
    """Bring `event["debug_meta"]` into form; removed when it holds neither images nor SDK information."""
    meta: Any = event["debug_meta"]
    if not isinstance(meta, dict):
        del event["debug_meta"]
        if meta is not None:
            notes.invalid(_PLACE, meta)
        return
    images = meta.get("images")
    if isinstance(images, list):
        meta["images"] = [
            image
            for index, image in enumerate(images[:MAX_IMAGES])
            if isinstance(image, dict) and _image(image, (_IMAGES, index), notes)
        ]
        if len(images) > MAX_IMAGES:
            notes.trimmed(_IMAGES, {"len": len(images)})
    elif images is not None:
        del meta["images"]
        notes.invalid(_IMAGES, images)
    if not meta.get("images"):
        meta.pop("images", None)
    if "sdk_info" in meta:
        meta["sdk_info"] = kept(meta["sdk_info"], SMALL, (_PLACE, "sdk_info"), notes)
    values.drop_nulls(meta)
    if not meta:
        del event["debug_meta"]


def _image(image: Event, place: Place, notes: Notes) -> bool:
    """Bring one image into form; give False when it says nothing."""
    if isinstance(kind := image.get("type"), str) and kind in _NATIVE:
        for before, now in _OLD_NAMES.items():
            if before in image:
                image.setdefault(now, image.pop(before))
    for key in _ADDRESSES:
        if key in image:
            values.keep_address(image, key, place, notes)
    if "image_size" in image:
        values.keep_number(image, "image_size", place, notes)
    for key in _IDS:
        text = values.keep_text(image, key, values.LINE, place, notes)
        if key != "code_id" and (found := debug_id(text)):
            image[key] = found
    for key in ("code_file", "debug_file"):
        values.keep_text(image, key, values.PATH, place, notes)
    values.drop_nulls(image)
    return bool(image)
