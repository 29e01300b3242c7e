"""Why a frame was or was not symbolicated: the steps that the stage takes, in words."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from symbolic.proguard import ProguardMapper
from symbolic.symcache import SymCache

from errata.stages import event_parts
from errata.stages.event_parts import frames, stack_holders
from errata.stages.stage import Event
from errata.stages.symbolicate import javascript, jvm, native
from errata.stages.symbolicate.artifacts import Absent, Answer, Kind, Need
from errata.stages.symbolicate.failures import Failure
from errata.stages.symbolicate.script import Script
from errata.stages.symbolicate.urls import extract_file_stem


class Shown(NamedTuple):
    """A frame of an event, before and after."""

    raw: dict[str, Any]
    """As it came."""
    stored: dict[str, Any]
    is_newest: bool
    """Whether it is where its stack was taken: it called nothing."""


def frames_of(event: Event) -> list[Shown]:
    """Give the frames of all stacks of an event, the newest call first.

    Where a frame became several, or the event kept no other, the stored one stands for both.
    """
    shown: list[Shown] = []
    for holder in stack_holders(event):
        stored = frames(holder)
        raw = frames(holder, "raw_stacktrace") or stored
        matching = stored if len(stored) == len(raw) else raw
        pairs = reversed(list(zip(raw, matching, strict=True)))
        shown += [Shown(*pair, is_newest=not place) for place, pair in enumerate(pairs)]
    return shown


def needs_of(event: Event, project: int, frame: dict[str, Any], origins: tuple[str, ...] = ()) -> list[Need]:
    """Give what a frame needs first of all, as it came; nothing when `why_nothing` says why.

    Args:
        event: as it is stored.
        project: its id.
        frame: of the event.
        origins: from which the project lets built files be fetched.

    """
    platform = event.get("platform") or ""
    images = event_parts.images(event)
    url = javascript.built_file(frame, platform)
    if url:
        debug_id = javascript.debug_ids(images).get(url, "")
        release, dist = event.get("release") or "", event.get("dist") or ""
        return [Need(Kind.SCRIPT, project, debug_id, release, dist, url, origins)]
    held = _binary(images, frame)
    if held is not None:
        return [Need(Kind.SYMBOLS, project, native.id_of(held[1]))]
    if frame.get("platform", platform) == "java":
        return [Need(Kind.PROGUARD, project, one) for one in jvm.mapping_ids(images)]
    return []


def why_nothing(event: Event, frame: dict[str, Any]) -> str:
    """Give why a frame needs nothing."""
    platform = frame.get("platform") or event.get("platform") or ""
    if platform in javascript.PLATFORMS:
        if frame.get("lineno") is None:
            return "it has no line, so no place in a built file"
        return "it is in no built file: code of the engine, of an extension, or as people wrote it"
    if platform == "java":
        return "the event names no ProGuard or R8 mapping (`debug_meta.images` of type `proguard`)"
    address = native.address_of(frame)
    if address is not None:
        return f"no binary that the event names (`debug_meta.images`) holds the address {address:#x}"
    return f"frames of the platform {platform or 'other'} are shown as they came"


def steps(need: Need, answer: Answer, event: Event, shown: Shown) -> Iterator[str]:
    """Yield what follows from the answer to a frame's need."""
    frame = shown.raw
    if isinstance(answer, Absent):
        if need.kind is Kind.SOURCE:
            yield f"so no lines around it are shown: {Failure.MISSING_SOURCE_CONTENT}"
        else:
            yield f"so it stays as it came: {answer.failure}" if answer.failure else "so it stays as it came"
    elif isinstance(answer, Script):
        yield from _in_script(answer, frame, event.get("platform") or "")
    elif isinstance(answer, ProguardMapper):
        yield from _in_mapping(answer, frame)
    elif isinstance(answer, SymCache):
        yield from _in_symbols(answer, event_parts.images(event), shown)
    else:
        yield "the lines around it come from there"


def further_need(need: Need, answer: Answer, event: Event, frame: dict[str, Any]) -> Need | None:
    """Give what a frame needs besides what was found: the original file, when the map does not hold it."""
    line, column = frame.get("lineno") or 0, frame.get("colno") or 0
    if not isinstance(answer, Script) or not line:
        return None
    place = answer.place(line, column, event.get("platform") or "")
    path = place.update.get("abs_path")
    if place.original is None or place.original.context or not path:
        return None
    return need._replace(kind=Kind.SOURCE, url=path)


def similar(need: Need, urls: Iterable[str]) -> list[str]:
    """Give those of the URLs of uploads that are named like the built file that is needed, in whatever folder."""
    wanted = _stem(need.url)
    return sorted({url for url in urls if _stem(url) == wanted and not url.endswith(".map")})


def _stem(url: str) -> str:
    return extract_file_stem(url).rpartition("/")[2]


def _in_script(script: Script, frame: dict[str, Any], platform: str) -> Iterator[str]:
    line, column = frame["lineno"], frame.get("colno") or 0
    if not line:
        yield f"its line is 0, where nothing is: {Failure.INVALID_LOCATION}"
    elif script.source_map is None:
        yield f"so it stays as it came: {script.failure}" if script.failure else "so it stays as it came"
    elif not column:
        yield f"the frame has no column: {Failure.NO_COLUMN}"
    else:
        original = script.place(line, column, platform).original
        if original is None:
            yield (
                f"the source map maps nothing to {line}:{column}: {Failure.INVALID_LOCATION}; it is of another build"
            )
            return
        yield f"{line}:{column} is {original.source or '(a source without name)'} {original.line}:{original.column}"
        yield f"the scope there is {original.function or 'not known'}"
        if not original.context:
            yield "the map holds no content of the source; it is looked for beside the map and in the release"


def _in_mapping(mapper: ProguardMapper, frame: dict[str, Any]) -> Iterator[str]:
    module, function, line = frame.get("module") or "", frame.get("function") or "", frame.get("lineno") or 0
    found = jvm.remapped(mapper, module, function, line) if module and function else []
    for one in found:
        yield f"{module}.{function} is {one.class_name}.{one.method}" + (f":{one.line}" if one.line else "")
    if not found:
        name = mapper.remap_class(module) if module else None
        yield (
            f"the class {module} is {name}, its method {function} is none or several"
            if name
            else f"the mapping knows no class {module or '(none)'}"
        )


def _in_symbols(symbols: SymCache, images: list[Any], shown: Shown) -> Iterator[str]:
    address, held = native.address_of(shown.raw), _binary(images, shown.raw)
    if address is None or held is None:
        return
    start, image = held
    yield f"{address:#x} is {address - start:#x} in {image.get('code_file') or 'a binary without name'}"
    found = native.located(symbols, address, start, is_top=shown.is_newest)
    for one in found:
        yield f"that is {one.symbol}" + (f" in {one.full_path}:{one.line}" if one.full_path else "")
    if not found:
        yield "the symbols know no function there, so it stays as it came"


def _binary(images: list[Any], frame: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
    address = native.address_of(frame)
    return None if address is None else native.Images(images).at(address)
