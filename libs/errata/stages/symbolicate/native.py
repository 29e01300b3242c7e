"""Frames of native code: addresses become functions and lines by the symbols of the binary that they lie in.

Inlined functions included. The README beside this says which symbols are covered, and what is not.
"""

from bisect import bisect_right
from typing import Any

from symbolic.symcache import SourceLocation, SymCache, find_best_instruction

from errata.stages.demangle import demangled
from errata.stages.in_app import is_in_app
from errata.stages.normalize.values import NAME
from errata.stages.symbolicate.artifacts import Absent, Kind
from errata.stages.symbolicate.lookups import Lookups

_ADDRESSES = 2**64
_TYPES = frozenset({"elf", "macho", "pe", "symbolic", "wasm", "apple"})


class Images:
    """The loaded binaries that an event names, by the addresses where they lie."""

    def __init__(self, images: list[Any]) -> None:
        found = [
            (start, start + (_number(image.get("image_size")) or _ADDRESSES), image)
            for image in images
            if image.get("type") in _TYPES
            and (image.get("debug_id") or image.get("uuid"))
            and (start := _number(image.get("image_addr"))) is not None
        ]
        self._images = sorted(found, key=lambda one: one[0])
        self._starts = [start for start, _, _ in self._images]

    def __bool__(self) -> bool:
        return bool(self._images)

    def at(self, address: int) -> tuple[int, dict[str, Any]] | None:
        """Give where the binary begins that holds an address, and what the event says of it; None when none does."""
        place = bisect_right(self._starts, address) - 1
        if place < 0 or address >= self._images[place][1]:
            return None
        start, _, image = self._images[place]
        return start, image


class Binaries:
    """The binaries of an event with their symbols."""

    def __init__(self, images: list[Any], lookups: Lookups) -> None:
        self._images = Images(images)
        self._lookups = lookups

    def __bool__(self) -> bool:
        return bool(self._images)

    def symbolicate(self, frames: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give the frames with names and lines; one becomes several where functions were inlined, oldest call first."""
        last = len(frames) - 1
        return [new for place, frame in enumerate(frames) for new in self._frames(frame, is_top=place == last)]

    def _frames(self, frame: dict[str, Any], *, is_top: bool) -> list[dict[str, Any]]:
        address = address_of(frame)
        held = None if address is None else self._images.at(address)
        if address is None or held is None:
            return [frame]
        start, image = held
        debug_id = id_of(image)
        symbols = self._lookups.by_id(Kind.SYMBOLS, debug_id)
        if not isinstance(symbols, SymCache):
            if isinstance(symbols, Absent):
                self._lookups.failed(symbols.failure, debug_id)
            return [frame]
        # The innermost comes first.
        found = reversed(located(symbols, address, start, is_top=is_top))
        return [_frame(frame, one.symbol, one.full_path or "", one.line, image) for one in found] or [frame]


def address_of(frame: dict[str, Any]) -> int | None:
    """Give the address that a frame holds, None when it holds none."""
    return _number(frame.get("instruction_addr"))


def id_of(image: dict[str, Any]) -> str:
    """Give the debug id of a binary that `Images` gave."""
    return str(image.get("debug_id") or image["uuid"])


def located(symbols: SymCache, address: int, start: int, *, is_top: bool) -> list[SourceLocation]:
    """Give the functions that an address lies in, the innermost first; `start` is where its binary begins."""
    # A frame that called another holds the address after its call, which may be another line's.
    best = find_best_instruction(address, symbols.arch, crashing_frame=is_top)
    found: list[SourceLocation] = symbols.lookup(max(0, best - start))
    return found


def _frame(frame: dict[str, Any], symbol: str, path: str, line: int, image: dict[str, Any]) -> dict[str, Any]:
    function = demangled(symbol)[:NAME]
    changed = {**frame, "function": function, "data": {**(frame.get("data") or {}), "symbolicated": True}}
    if function != symbol:
        changed["symbol"] = symbol[:NAME]
    if path:
        changed |= {"abs_path": path, "filename": path.rpartition("/")[2]}
    if line:
        changed["lineno"] = line
    if image.get("code_file"):
        changed.setdefault("package", image["code_file"])
    in_app = is_in_app("native", path, "", changed.get("package") or "", function)
    if in_app is not None:
        changed["in_app"] = in_app
    return changed


def _number(text: Any) -> int | None:
    """Give an address or size, which events hold as a number or as `0x` and hex digits; None for what is none."""
    try:
        number = int(text, 16) if isinstance(text, str) else text
    except ValueError:
        return None
    return number if isinstance(number, int) and 0 <= number < _ADDRESSES else None
